"""What strangers put into addresses and forms: every page answers, and none of them breaks."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern

from dispatcher.operators import keys, roster
from dispatcher.operators.roles import Role
from tests.console.test_doors import console

FORM = "application/x-www-form-urlencoded"
NAMES = (
    *("after", "as", "before", "channel", "drawer", "follows", "in", "key", "language", "left"),
    *("locale", "next", "part", "q", "region", "show", "to", "updates", "who", "what", "about"),
    *("since", "until", "role", "state", "kind", "term", "source", "tab", "page", "office"),
)
"""What any page reads from its address."""
VALUES = {
    "NUL": "%00",
    "lone surrogate": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "ten kilobytes": "x" * 10_000,
    "negative": "-1",
    "beyond a bigint": "9" * 19,
    "beyond any number": "9" * 5_000,
    "digits of another script": quote("٣"),
    "a superscript": quote("²"),
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "no day": "2026-02-31",
    "percent": "%25s%25(x)s%7B0%7D",
    "quote": "%27%22%3C%5C",
    "bidi": quote("\u202e\u2066"),
}


@pytest.fixture
def everyone(sofie) -> Client:
    """Somebody who holds every role, so that every page opens."""
    for role in Role:
        if role is not Role.ADMIN:
            roster.grant(sofie, role, over=["001"], by=sofie, languages=["en", "fa"])
    client = Client(raise_request_exception=False)
    client.force_login(sofie)
    return client


def addresses(**values: object) -> Iterator[tuple[str, str]]:
    """(name, address) of every page that reads, with these values for what stands in angles."""
    for one in console():
        if one.name not in {"sign-out", "operator-leave"}:  # who is out sees nothing more
            yield str(one.name), "/" + _filled(one, values)


def _filled(one: URLPattern, values: dict[str, object]) -> str:
    route = str(one.pattern)
    while "<" in route:
        start, end = route.index("<"), route.index(">")
        kind, _, name = route[start + 1 : end].partition(":")
        default = "1" if kind == "int" else "x"
        route = f"{route[:start]}{values.get(name, values.get(kind, default))}{route[end + 1 :]}"
    return route


LISTS = frozenset(
    {
        *("home", "alerts", "alerts-new", "alerts-cell", "alert", "dispatches", "dispatch"),
        *("dispatch-unanswered", "people", "words", "words-next", "words-new", "words-export"),
        *("words-trade", "words-glossary", "words-strike", "words-source", "operators"),
        *("operator-keys", "journal", "journal-file", "sign-in", "account-prove"),
    }
)
"""The pages that read their query."""


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
def test_no_query_breaks_a_page(everyone, story, value: str):
    """Each page that reads one, with each name at once."""
    made, wrong = story(people=[]), []
    query = "&".join(f"{name}={value}" for name in NAMES)
    places = {"dispatch_id": made.dispatch.pk, "number": made.dispatch.alert_ref[6:]}
    for name, address in addresses(**places):
        if name in LISTS:
            status = everyone.get(address, QUERY_STRING=query).status_code
            unread = value == "%00" and status not in {302, 400}
            if status >= 500 or unread:
                wrong.append((name, status))
    assert wrong == []


@pytest.mark.parametrize("value", ["%00", "%ED%A0%80" + "9" * 19])
def test_no_form_breaks_a_page(everyone, value: str):
    """Each page, with a form that says the same in every field."""
    form, wrong = "&".join(f"{name}={value}" for name in NAMES), []
    for name, address in addresses():
        status = everyone.post(address, form, content_type=FORM).status_code
        if status >= 500 or (value == "%00" and status not in {302, 400, 405}):
            wrong.append((name, status))
    assert wrong == []


@pytest.mark.parametrize("value", ["%00", "%ED%A0%80" + "x" * 2_000, "9" * 19])
def test_no_path_breaks_a_page(everyone, value: str):
    """Words in an address are anybody's; numbers are as long as somebody likes."""
    number = value if value.isascii() and value.isdigit() else "1"
    wrong = [
        (name, status)
        for name, address in addresses(str=value, slug="x", int=number)
        if (status := everyone.get(address).status_code) >= 500
    ]
    assert wrong == []


def test_a_nul_is_answered_before_any_page(everyone, sofie):
    """In the path, the query, a form and a cookie; and it says so in words."""
    shown = keys.make(sofie)
    answer = everyone.get("/operators/?q=%00")
    assert (answer.status_code, "nobody can read" in answer.content.decode()) == (400, True)
    assert everyone.get("/operators/keys/%00/revoke/").status_code == 400
    assert everyone.post("/account/myself/", {"name": "a\x00"}).status_code == 400
    stranger = Client(raise_request_exception=False)
    stranger.cookies["sessionid"] = "a\x00b"
    stranger.cookies["django_language"] = "fa\x00"
    assert stranger.get("/sign-in/").status_code == 200
    assert shown.key.revoked_at is None


BOUNDARY = "end"
FILE = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.mark.parametrize("address", ["/sign-in/", "/people/import/", "/a/x", "/livez", "/nowhere"])
@pytest.mark.django_db
def test_a_stranger_has_no_files(address: str, monkeypatch):
    """Nothing of it is written anywhere: 300 MB lay in /tmp before the page was asked."""
    monkeypatch.setattr("django.core.files.uploadedfile.TemporaryUploadedFile.__init__", None)
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.get("/sign-in/")
    body = FILE + "x" * 3_000_000 + f"\r\n--{BOUNDARY}--\r\n"
    assert client.post(address, body, content_type=MULTIPART).status_code in {400, 404, 405, 413}
    told = client.post("/sign-in/", "name=" + "x" * 3_000_000, content_type=FORM)
    assert (told.status_code, "more than a page takes" in told.content.decode()) == (413, True)


def test_nobody_sends_more_than_the_largest_file(everyone):
    """Refused by its length, before it is read."""
    sent = {"data": FILE, "content_type": MULTIPART, "CONTENT_LENGTH": str(52 << 20)}
    assert everyone.generic("POST", "/people/import/", **sent).status_code == 413
