"""The wall of phones: what a person sees of what was sent."""

import re
from html.parser import HTMLParser

import pytest
import requests

from dispatcher.sandbox.contents import content
from dispatcher.sandbox.memory import Memory, Taken
from dispatcher.sandbox.server import Request
from dispatcher.sandbox.tongues import direction, language
from dispatcher.sandbox.wall import PHONES, Wall

TEXTS = {
    "en": "Do not eat this product. It may contain peanut.",
    "fa": "محصول Nut Bar 40 g را نخورید؛ ممکن است بادام‌زمینی داشته باشد.",
    "ar": "لا تأكل منتج Nut Bar 40 g: قد يحتوي على فول سوداني غير معلن.",
    "es": "No consuma este producto: puede contener cacahuete.",
    "fr": "Ne consommez pas ce produit : il peut contenir de l’arachide.",
    "de": "Bitte essen Sie dieses Produkt nicht: Es kann Erdnüsse enthalten.",
    "pt-BR": "Não coma este produto: ele pode conter amendoim.",
    "zh-Hans": "请勿食用这种产品，可能含有未标示的花生。",
    "zh-Hant": "請勿食用這種產品，可能含有未標示的花生。",
    "ja": "この製品を食べないでください。",
    "hi": "यह उत्पाद न खाएँ: इसमें मूँगफली हो सकती है।",
    "ru": "Не ешьте этот продукт: он может содержать арахис.",
    "tr": "Lütfen bu ürünü yemeyin: yer fıstığı içerebilir.",
}
NASTY = '<script>alert(1)</script>" onload="x" \u202eevil'


def sms(memory, to, text, **more):
    number = memory.number()
    form = {"To": to, "From": "+12025550100", "Body": text}
    taken = Taken(number, 1_795_000_000.0, "twilio", "sms", f"SM{number}", to, "", form, **more)
    memory.add(taken)
    return taken


def letter(memory, to, subject, html, text="plain"):
    number = memory.number()
    shared = {
        "from": {"email": "notice@example.net", "name": NASTY},
        "subject": subject,
        "content": [
            {"type": "text/plain", "value": text},
            {"type": "text/html", "value": html},
        ],
    }
    memory.add(Taken(number, 0.0, "sendgrid", "email", f"m{number}", to, "", {}, shared))
    return number


@pytest.fixture
def memory():
    return Memory(keep=10_000)


@pytest.fixture
def see(memory):
    wall = Wall(memory, "http://127.0.0.1:8090")

    def get(path="/", query="", method="GET"):
        reply = wall(Request(method, path, query.encode(), {}, b""))
        return reply.status, dict(reply.headers), reply.body.decode()

    return get


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("code", TEXTS)
def test_language_and_direction_are_seen_from_the_text(code):
    """Each shipped language is told from the others, brand names in Latin or not."""
    assert language(TEXTS[code]) == code
    assert direction(TEXTS[code]) == ("rtl" if code in ("fa", "ar") else "ltr")


def test_a_message_stands_in_its_language_and_direction(memory, see):
    """Lang and dir are on the bubble, and the language's chip bears its own name."""
    sms(memory, "+12025550101", TEXTS["fa"])
    tags = Tags(see()[2]).tags
    assert any(each.get("class") == "bubble" and each.get("lang") == "fa" for _, each in tags)
    assert any(each.get("class") == "screen" and each.get("dir") == "rtl" for _, each in tags)
    assert "فارسی" in see()[2]


def test_what_was_sent_is_text_and_never_page(memory, see):
    """Marks in a body, a subject, a sender or an address are escaped everywhere."""
    sms(memory, NASTY, NASTY)
    number = letter(memory, NASTY, NASTY, "<p>x</p>", NASTY)
    for path, query in (("/", ""), ("/", "q=" + NASTY), (f"/letters/{number}", "")):
        html = see(path, query)[2]
        tags = Tags(html).tags
        assert "<script>alert" not in html
        assert [each for tag, each in tags if tag == "script"] in (
            [{"src": "/wall.js", "defer": None}],
            [],
        )
        assert not [each for _, each in tags if any(name.startswith("on") for name in each)]


def test_a_page_brings_nothing_from_elsewhere(memory, see):
    """No inline script or style, no other host; the policy forbids both."""
    sms(memory, "+12025550101", "x")
    status, headers, html = see()
    assert status == 200
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    tags = Tags(html).tags
    assert not [tag for tag, each in tags if tag == "style" or "style" in each]
    sources = [
        each.get("src") or each.get("href")
        for tag, each in tags
        if tag in ("script", "link", "img")
    ]
    assert all(source.startswith(("/wall.", "data:image/svg")) for source in sources)


@pytest.mark.parametrize("text", ["ह" * 1600, "ش" * 1600, "😀" * 800])
def test_a_full_page_stays_below_200_kilobytes(memory, see, text):
    """With the longest messages in the widest scripts."""
    for number in range(PHONES * 6):
        sms(memory, f"+1202555{number % 100:04d}", text)
    assert len(see()[2].encode()) < 200_000


def test_newest_first_and_paged(memory, see):
    """Device after device, the one written to last first; no more than a page of them."""
    for number in range(PHONES + 5):
        sms(memory, f"+1202555{number:04d}", "x")
    sms(memory, "+12025550000", "again")
    first = re.findall(r'class="address">([^<]+)', see()[2])
    second = re.findall(r'class="address">([^<]+)', see(query="page=2")[2])
    assert first[:2] == ["+12025550000", f"+1202555{PHONES + 4:04d}"]
    assert (len(first), len(second)) == (PHONES, 5)
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"1", "2", "3"}),
        ("channel=email", {"3"}),
        ("language=fa", {"2"}),
        ("status=failed", {"1"}),
        ("q=PEANUT", {"1"}),
        ("q=%2B12025550102", {"2"}),
        ("q=nowhere", set()),
        ("channel=fax&page=x&status=?", {"1", "2", "3"}),
    ],
)
def test_filters_and_search(memory, see, query, found):
    """By channel, language, state, words and address; what makes no sense is left out."""
    sms(memory, "+12025550101", TEXTS["en"], status="failed", word="undelivered", code="30003")
    sms(memory, "+12025550102", TEXTS["fa"])
    letter(memory, "person3@example.org", "Rappel", "<p>x</p>")
    html = see(query=query)[2]
    assert {each[-1] for each in re.findall(r'class="address">([^<@]+)', html)} == found


def test_a_state_is_told_in_words(memory, see):
    """Not by colour alone: word, code and a shape."""
    sms(memory, "+12025550101", "x", status="failed", word="undelivered", code="30003")
    html = see()[2]
    assert re.search(r"Failed\s*\(30003\)", html)
    assert 'href="#failed"' in html


def test_a_letter_opens_in_a_closed_frame(memory, see):
    """The letter's page may not run scripts or load anything; its links open elsewhere."""
    html = '<!doctype html><html lang="fa" dir="rtl"><head><title>x</title></head><body>x</body></html>'
    number = letter(memory, "a@example.org", "x", html)
    frame = next(each for tag, each in Tags(see(f"/letters/{number}")[2]).tags if tag == "iframe")
    assert "allow-scripts" not in frame["sandbox"]
    assert "allow-same-origin" not in frame["sandbox"]
    _, headers, body = see(frame["src"])
    assert headers["Content-Security-Policy"].startswith("sandbox ")
    assert body.startswith('<!doctype html><html lang="fa" dir="rtl"><head><base target="_blank">')


def test_links_are_links_and_only_to_the_web(memory, see):
    """An address on the web can be followed, without its full stop; another scheme is text."""
    sms(memory, "+12025550101", "See https://example.com/r/1. Or javascript:alert(1)")
    links = [each["href"] for tag, each in Tags(see()[2]).tags if tag == "a" and each.get("target")]
    assert links == ["https://example.com/r/1"]


@pytest.mark.parametrize("path", ["/letters/99", "/letters/1/body", "/nothing", "/../wall.css"])
def test_what_is_not_there_is_said(see, path):
    """404 with a page."""
    status, _, html = see(path)
    assert status == 404
    assert "Back to the wall" in html


def test_an_empty_wall_says_what_to_do(see):
    """It names the address to send to."""
    assert "http://127.0.0.1:8090" in see()[2]


def test_the_running_sandbox_shows_it(sandbox):
    """Page, style and script come over the wire."""
    for path, kind in (
        ("/", "text/html"),
        ("/wall.css", "text/css"),
        ("/wall.js", "text/javascript"),
    ):
        answer = requests.get(sandbox.url + path, timeout=2)
        assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, kind)
    assert requests.head(sandbox.url + "/", timeout=2).text == ""


def test_content_is_worked_out_once(memory):
    """The second look costs nothing."""
    taken = sms(memory, "+12025550101", "x")
    assert content(taken) is content(taken)
