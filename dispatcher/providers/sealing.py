"""A notification sealed for one browser: RFC 8291 over RFC 8188's one record of AES-128-GCM.

Every message has a key pair and a salt of its own, as RFC 8291 (3.1) and RFC 8188 (2.1) say. All
secrets come from `cryptography`; what is derived from them is HMAC by the standard library, since
http_ece's objects for it took 22 to 33 of 137 to 148 us. tests/providers/test_sealing.py holds it
to the RFC's own example and to what http_ece opens.
"""

import hmac
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE, AGREED = ec.SECP256R1(), ec.ECDH()
POINT, SALT = 65, 16
"""Bytes of a public key, uncompressed, and of a salt."""
RECORD = 4096
"""Bytes of a record: a push service need not take more, and there is only one."""
_FRAME = RECORD.to_bytes(4, "big") + bytes([POINT])
_LAST = b"\x02"
"""Ends the last record's text (RFC 8188, 2)."""


def seal(payload: bytes, *, key: bytes, secret: bytes) -> bytes:
    """The body for the browser with this public key and secret, readable by it alone.

    Raises ValueError for a key that is no point of the curve.
    """
    return sealed(payload, ec.generate_private_key(CURVE), os.urandom(SALT), key=key, secret=secret)


def sealed(
    payload: bytes, own: ec.EllipticCurvePrivateKey, salt: bytes, *, key: bytes, secret: bytes
) -> bytes:
    """The same with a given key pair and salt: for the RFC's example. Never use either twice."""
    agreed = own.exchange(AGREED, ec.EllipticCurvePublicKey.from_encoded_point(CURVE, key))
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    root = _hmac(salt, _derived(_hmac(secret, agreed), b"WebPush: info\0" + key + point))
    lock = AESGCM(_derived(root, b"Content-Encoding: aes128gcm\0")[:16])
    nonce = _derived(root, b"Content-Encoding: nonce\0")[:12]
    return salt + _FRAME + point + lock.encrypt(nonce, payload + _LAST, None)


def _derived(root: bytes, info: bytes) -> bytes:
    """HKDF's first block (RFC 5869, 2.3): nothing here is longer."""
    return _hmac(root, info + b"\x01")


def _hmac(key: bytes, told: bytes) -> bytes:
    return hmac.digest(key, told, "sha256")
