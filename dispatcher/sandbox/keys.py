"""The sandbox's own keys: SendGrid's signing key follows from the seed, FCM's is made once."""

import base64
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from dispatcher.sandbox.config import secret

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PROJECT = "sandbox-drills"


def curve_key(name: str, *, seed: int) -> ec.EllipticCurvePrivateKey:
    """A P-256 key that follows from a name and the seed: worthless outside the sandbox."""
    number = int(secret(name, seed=seed), 16) % (_P256_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


@cache
def event_key(seed: int) -> ec.EllipticCurvePrivateKey:
    """What SendGrid's event webhook is signed with."""
    return curve_key("sendgrid-events", seed=seed)


def event_public_key(seed: int) -> str:
    """The same key's public half as SendGrid shows it: base64 of its DER form."""
    public = event_key(seed).public_key()
    return base64.b64encode(
        public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    ).decode()


def new_service_key() -> str:
    """A private RSA key in PEM, as a Google service account has one. Takes about 0.1 s."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@cache
def run_key() -> str:
    """The key of a run that keeps none; made when it is first asked for."""
    return new_service_key()


def kept_service_key(directory: Path) -> str:
    """The key of this directory, made at the first call. Raises OSError."""
    path = directory / "fcm-service-key.pem"
    if path.exists():
        return path.read_text(encoding="ascii")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = new_service_key()
    path.touch(mode=0o600)
    path.write_text(key, encoding="ascii")
    return key


def service_account(base_url: str, *, key: str, project: str = PROJECT) -> dict[str, str]:
    """The JSON that Google gives for a service account, its token address at this sandbox.

    Args:
        base_url: `http://host:port` of the sandbox.
        key: the private key in PEM; the sandbox must be configured with the same one.
        project: the Firebase project's id.
    """
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": secret(key, seed=0)[:40],
        "private_key": key,
        "client_email": account_mail(project),
        "client_id": str(int(secret(project, seed=0)[:16], 16)).zfill(21)[:21],
        "auth_uri": f"{base_url}/auth",
        "token_uri": f"{base_url}/token",
        "auth_provider_x509_cert_url": f"{base_url}/certs",
        "client_x509_cert_url": f"{base_url}/x509",
        "universe_domain": "googleapis.com",
    }


def account_mail(project: str) -> str:
    """The service account's name."""
    return f"dispatcher@{project}.iam.example.com"
