"""One invented account of each carrier, its base address at a twin."""

import base64
import json

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from dispatcher.providers import fcm, sendgrid, twilio, webpush
from dispatcher.providers.base import Email, Parcel, Provider, Push, Sms

CURVE = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
"""The key of SendGrid's events, of VAPID and of the browser: nothing depends on their difference."""
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def der(key: ec.EllipticCurvePrivateKey) -> str:
    """The public key as SendGrid shows it."""
    raw = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(raw).decode()


KEYS = {"p256dh": b64(point(CURVE)), "auth": b64(b"invented-16-byte")}
SUBSCRIPTION = {
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/abc",
    "expirationTime": None,
    "keys": KEYS,
}

NOTICE = Push(
    title="فراخوان",
    body="بستنی را نخورید",
    link="https://recall.example.com/fa",
    locale="fa",
    direction="rtl",
    tag="7168",
    ttl=600,
)
LETTER = Email(
    subject="Recall: {{recipient}}",
    text="Dear {{recipient}}",
    html="<p>Dear {{recipient_html}}</p>",
    locale="en",
)

TEXT_PARCEL = Parcel(7168, 1, "+12025550101", Sms("فراخوان 🙂", ttl=600))
TOKEN_PARCEL = Parcel(7168, 1, "fcm-token", NOTICE)
BROWSER_PARCEL = Parcel(7168, 1, json.dumps(SUBSCRIPTION), NOTICE)


def letter(number: int = 0, *, to: str = "") -> Parcel:
    return Parcel(
        7168 + number,
        1,
        to or f"reader{number}@example.com",
        LETTER,
        {"recipient": f"Zoë {number}", "recipient_html": f"Zoë &amp; {number}"},
    )


def twilio_at(url: str) -> Provider:
    account = twilio.Account(
        account_sid="AC" + "0" * 32,
        auth_token="invented",
        sender="+12025550199",
        callback="https://alerts.example.org/hooks/twilio",
        base_url=url,
    )
    return twilio.Twilio(account)


def sendgrid_at(url: str) -> sendgrid.SendGrid:
    account = sendgrid.Account(
        api_key="SG.invented",
        sender="alerts@example.org",
        sender_name="Global Foods",
        reply_to="press@example.org",
        webhook_key=der(CURVE),
        base_url=url,
    )
    return sendgrid.SendGrid(account)


def service_account(token_uri: str) -> dict[str, str]:
    key = RSA.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "type": "service_account",
        "project_id": "invented",
        "private_key": key.decode(),
        "client_email": "dispatcher@invented.example.com",
        "token_uri": token_uri,
    }


def fcm_at(url: str) -> fcm.Fcm:
    """With a token in hand; tests of the token itself ask for one."""
    carrier = fcm.Fcm(fcm.Account(service_account=service_account(f"{url}/token"), base_url=url))
    carrier._tokens._token, carrier._tokens._until = "ya29.invented", 1e12
    return carrier


def webpush_at(url: str) -> webpush.WebPush:
    return webpush.WebPush(
        webpush.Account(
            private_key=b64(CURVE.private_numbers().private_value.to_bytes(32, "big")),
            subject="mailto:alerts@example.org",
            base_url=url,
        )
    )
