"""What is sealed for a browser: the RFC's example to the byte, and open to http_ece and no other."""

import base64

import http_ece
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.providers import sealing

BROWSER = ec.generate_private_key(sealing.CURVE)
KEY = BROWSER.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
SECRET = b"invented-16-byte"


def read(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def opened(body: bytes, *, secret: bytes = SECRET) -> bytes:
    plain: bytes = http_ece.decrypt(
        body, private_key=BROWSER, auth_secret=secret, version="aes128gcm"
    )
    return plain


def test_the_example_of_the_rfc_comes_out_to_the_byte():
    """RFC 8291, section 5 and appendix A."""
    own = int.from_bytes(read("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
    body = sealing.sealed(
        b"When I grow up, I want to be a watermelon",
        ec.derive_private_key(own, sealing.CURVE),
        read("DGv6ra1nlYgDCS1FRnbzlw"),
        key=read(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        secret=read("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    assert body == read(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6T"
        "lzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4"
        "a-fN"
    )


@given(st.binary(max_size=3993))
def test_the_browser_opens_whatever_was_sealed_for_it(payload: bytes):
    assert opened(sealing.seal(payload, key=KEY, secret=SECRET)) == payload


def test_each_message_has_a_key_pair_and_a_salt_of_its_own():
    """RFC 8188 (2.1) and RFC 8291 (3.1): one used twice would give both texts away."""
    bodies = {sealing.seal(b"do not eat it", key=KEY, secret=SECRET) for _ in range(16)}
    salts = {body[: sealing.SALT] for body in bodies}
    points = {body[21 : 21 + sealing.POINT] for body in bodies}
    assert len(salts) == len(points) == len(bodies) == 16


def test_nobody_with_another_secret_opens_it():
    body = sealing.seal(b"do not eat it", key=KEY, secret=SECRET)
    with pytest.raises((http_ece.ECEException, InvalidTag)):
        opened(body, secret=b"another-16-bytes")


@pytest.mark.parametrize(
    "key",
    [b"", b"\x04" + bytes(64), KEY[:-1], KEY[:-1] + bytes([KEY[-1] ^ 1])],
    ids=["empty", "origin", "short", "off the curve"],
)
def test_a_key_that_is_no_point_of_the_curve_is_a_value_error(key: bytes):
    with pytest.raises(ValueError):
        sealing.seal(b"do not eat it", key=key, secret=SECRET)
