"""What comes in place of a passkey: anybody may send it, and none of it is a fault of ours."""

import base64
import hashlib
import json

import pytest
from django.test import Client
from fido2 import cbor

HOST = hashlib.sha256(b"testserver").digest()
DATA = (b"", b"\x00" * 37, HOST + b"\x05\x00\x00\x00\x00", HOST + b"\xff" * 40)
"""Authenticators' data: none, of another host, of this one, and cut off."""
SHAPES = ("", "x", "{}", "[]", "1", '{"id": 1}', '{"rawId": [1]}', '{"response": {}}')


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def said(kind: str, challenge: str, **response: str) -> str:
    """A credential that answers the challenge that was just asked."""
    told = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": "https://testserver"}
    written = {"clientDataJSON": b64(json.dumps(told).encode()), **response}
    return json.dumps({"type": "public-key", "id": "YQ", "rawId": "YQ", "response": written})


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.django_db
def test_what_is_no_credential_signs_nobody_in(client, shape):
    """A stranger's JSON of any shape."""
    client.get("/sign-in/passkey/")
    answer = client.post("/sign-in/passkey/", {"credential": shape})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")


@pytest.mark.parametrize("raw", DATA)
def test_the_right_challenge_alone_signs_nobody_in(kenji, raw: bytes):
    """Whoever it says that it is of."""
    client = Client()
    for handle in (b"", str(kenji.pk).encode(), b"\xff\xfe", b"9" * 30):
        asked = client.get("/sign-in/passkey/").json()["publicKey"]["challenge"]
        told = {"authenticatorData": b64(raw), "signature": "YQ", "userHandle": b64(handle)}
        answer = client.post("/sign-in/passkey/", {"credential": said("get", asked, **told)})
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")


@pytest.mark.parametrize("form", ["none", "packed", "tpm", "android-key", "nobody's"])
def test_nothing_is_kept_that_is_no_passkey(signed_in, kenji, form: str):
    """Bytes that its library falls over, in each of the forms that it knows."""
    client = signed_in(kenji)
    for raw in DATA:
        asked = client.get("/account/passkeys/add/", headers={"Accept": "application/json"})
        whole = cbor.encode({"fmt": form, "attStmt": {"sig": 1}, "authData": raw})
        told = said("create", asked.json()["publicKey"]["challenge"], attestationObject=b64(whole))
        answer = client.post("/account/passkeys/add/", {"credential": told, "name": "x"})
        assert answer.status_code == 200
