"""A rendered wording and one person's values become a parcel, and no value can do harm in it."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.channels import email, letter, push, sms
from dispatcher.channels.base import personal
from dispatcher.channels.catalogue import MOULDS
from dispatcher.providers.base import Email, Parcel, Push, Sms
from dispatcher.wording.facts import Fact, Facts
from dispatcher.wording.rendering import FIELDS, Rendered, compile  # noqa: A004  # its word

FACTS = Facts.of(
    [
        Fact("organisation", "text", "Global Foods"),
        Fact("product", "text", "Sunny Valley *Peanut* Butter {{acknowledge}}"),
        Fact("line", "phone", "+12025550100"),
        Fact("info", "link", "https://recall.example.com/peanut?lot=1&x=2"),
        Fact("mail", "email", "recall@example.com"),
    ]
)
BODY = """Dear {recipient},

**{organisation} recalls {product}.**

## What to do

1. Call {line, phone}
2. Write to {mail, email}
   - or read {info, link}

[The notice]({info, link})

Please confirm: {acknowledge, link}
"""
FA_BODY = """{recipient} گرامی،

**{organisation} محصول {product} را فراخوان می‌کند.**

1. تماس: {line, phone}
2. نشانی: {info, link}

تأیید: {acknowledge, link}
"""
LINK = "https://alerts.example.org/a/e30.c2ln-_x"
MAYA = {"recipient": "Maya O'Connor", "acknowledge": LINK}


def rendered(fields: dict[str, str], *, locale: str = "en") -> Rendered:
    return compile(fields, locale=locale, zone="America/New_York", facts=FACTS)


ENGLISH = rendered({"subject": "Recall: {product}, {recipient}", "body": BODY})
PERSIAN = rendered({"subject": "فراخوان {product}", "body": FA_BODY}, locale="fa")


def mailed(wording: Rendered, **changed: str) -> Parcel:
    return email.pack(
        wording, delivery_id=7168, attempt=1, to="maya@example.com", slots={**MAYA, **changed}
    )


def filled(parcel: Parcel) -> Email:
    """As the carrier fills it: one token after the other, reading what it filled in before."""
    content = parcel.content
    assert isinstance(content, Email)
    subject, text, page = content.subject, content.text, content.html
    for name, value in parcel.slots.items():
        token = f"{{{{{name}}}}}"
        subject, text, page = (part.replace(token, value) for part in (subject, text, page))
    return Email(subject, text, page, content.locale)


class Outline(HTMLParser):
    """Tags, addresses and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_every_channel_of_the_wordings_can_be_packed():
    assert MOULDS.keys() == FIELDS.keys()


def test_a_text_is_filled_for_one_person():
    text = rendered({"text": "{recipient}: {info, link} {acknowledge, link}"})
    parcel = sms.pack(text, delivery_id=7168, attempt=2, to="+12025550101", slots=MAYA, ttl=600)
    assert parcel == Parcel(
        7168, 2, "+12025550101",
        Sms(f"Maya O'Connor: https://recall.example.com/peanut?lot=1&x=2 {LINK}", ttl=600),
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["{{acknowledge}}", "{acknowledge}", "%(acknowledge)s", "$acknowledge"]
)
def test_a_name_that_looks_like_a_slot_stays_a_name_in_a_text(name):
    text = rendered({"text": "{recipient} {acknowledge, link}"})
    parcel = sms.pack(
        text, delivery_id=1, attempt=1, to="+12025550101", slots={**MAYA, "recipient": name}
    )
    assert parcel.content == Sms(f"{name} {LINK}")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("Maya\r\nBcc: x@example.com", "Maya Bcc: x@example.com"),
        ("a\x00b\x1fc\x7f\x85d\u2028e", "a b c d e"),
        ("\u202eevil\u202c \u2066x\u2069", "evil x"),
        ("علی‌رضا", "علی‌رضا"),
        ("क्‍ष", "क्‍ष"),
        ("👩‍👧", "👩‍👧"),
    ],
)  # fmt: skip
def test_a_name_loses_what_breaks_or_turns_a_line_and_keeps_its_joiners(told, said):
    assert personal({"recipient": told}) == {"recipient": said}


def test_readers_of_one_wording_share_one_letter():
    """The carrier takes a thousand of them in one request."""
    one, two = mailed(ENGLISH), mailed(ENGLISH, recipient="Zoë")
    assert one.content is two.content
    assert one.slots != two.slots
    assert one.slots.keys() == {"recipient", "recipient_html", "acknowledge", "acknowledge_html"}


def test_readers_of_a_text_without_names_share_one_text():
    """What is written for one is written for all: a carrier's adapter need not write it again."""
    same = rendered({"text": "{organisation}: {info, link}"})
    one, two = (
        sms.pack(same, delivery_id=n, attempt=1, to="+12025550101", slots=MAYA, ttl=60)
        for n in (1, 2)
    )
    assert one.content is two.content


def test_a_link_that_no_wording_names_does_no_harm_in_a_push():
    slots = {"link": "https://recall.example.com/\u202egnp\n", "recipient": "Maya"}
    content = push.pack(NOTICE, delivery_id=1, attempt=1, to="token", slots=slots).content
    assert isinstance(content, Push)
    assert content.link == "https://recall.example.com/gnp "


def test_a_letter_carries_only_the_values_that_it_needs():
    plain = rendered({"subject": "Recall", "body": "Do not eat {product}."})
    assert mailed(plain).slots == {}


def test_a_missing_value_is_an_error_and_not_an_empty_greeting():
    with pytest.raises(KeyError):
        email.pack(
            ENGLISH, delivery_id=1, attempt=1, to="a@example.com", slots={"recipient": "Maya"}
        )


def test_the_page_has_the_marks_and_the_links():
    page = filled(mailed(ENGLISH)).html
    told = Outline(page)
    assert {"h1", "h2", "ol", "ul", "li", "strong", "a"} <= set(told.tags)
    assert "img" not in told.tags
    assert "script" not in told.tags
    assert told.links == [
        "mailto:recall@example.com",
        "https://recall.example.com/peanut?lot=1&x=2",
        "https://recall.example.com/peanut?lot=1&x=2",
        LINK,
    ]
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="en" dir="ltr">' in page


def test_the_page_works_in_the_dark_and_without_style_sheets():
    page = filled(mailed(ENGLISH)).html
    assert "@media (prefers-color-scheme: dark)" in page.replace("  ", " ")
    assert re.search(r'<p style="[^"]*margin', page)
    assert "http://" not in page


def test_a_right_to_left_letter_says_so_and_counts_in_its_digits():
    letter_ = filled(mailed(PERSIAN, recipient="مایا"))
    assert '<html lang="fa" dir="rtl">' in letter_.html
    assert "list-style-type: persian" in letter_.html
    assert "\n۲. نشانی" in letter_.text
    assert "\u2066+1 202-555-0100\u2069" in letter_.text
    assert "\u2066https://recall.example.com/peanut?lot=1&x=2 \u2069" in letter_.text


def test_the_plain_twin_says_the_same_without_marks():
    assert filled(mailed(ENGLISH)).text == (
        "Dear Maya O'Connor,\n\n"
        "Global Foods recalls Sunny Valley *Peanut* Butter ((acknowledge)).\n\n"
        "What to do\n\n"
        "1. Call +1 202-555-0100\n"
        "2. Write to recall@example.com\n"
        "   - or read https://recall.example.com/peanut?lot=1&x=2\n\n"
        "The notice <https://recall.example.com/peanut?lot=1&x=2>\n\n"
        f"Please confirm: {LINK}\n"
    )


NAMES = st.one_of(
    st.text(min_size=1, max_size=60),
    st.sampled_from(
        ["{{acknowledge}}", "{{recipient_html}}", "{{{acknowledge}}}", "{", "}}", "<script>alert(1)</script>",
         '"><img src=x onerror=alert(1)>', "[x](javascript:alert(1))", "**bold**", "&lt;b&gt;", "a\r\nBcc: b@c.d",
         "<https://evil.example>", "\u202egnp.exe", "qzslot0qz"]
    ),
)  # fmt: skip


@pytest.mark.parametrize("wording", [ENGLISH, PERSIAN], ids=["ltr", "rtl"])
@given(name=NAMES)
def test_no_name_adds_a_tag_a_link_a_token_or_a_line(wording, name):
    """Whatever a person is called, the letter differs in that name alone."""
    plain, tricky = (
        filled(mailed(wording, recipient="Maya")),
        filled(mailed(wording, recipient=name)),
    )
    before, after = Outline(plain.html), Outline(tricky.html)
    assert (after.tags, after.links) == (before.tags, before.links)
    assert tricky.text.count("\n") == plain.text.count("\n")
    assert "\n" not in tricky.subject
    assert "\r" not in tricky.subject
    assert "{{" not in tricky.subject + tricky.text + tricky.html
    said = personal({"recipient": name})["recipient"].translate(str.maketrans("{}", "()"))
    assert said in tricky.text
    assert html.escape(said) in tricky.html


@pytest.mark.parametrize(
    "body",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "![x](https://t.example/p.gif)",
     "<a href='x'>y</a>", "[x](data:text/html,y)", "<style>*{display:none}</style>"],
)  # fmt: skip
def test_raw_html_and_strange_links_do_not_survive(body):
    page = letter.page(body, title="t", sender="s", locale="en", direction="ltr")
    told = Outline(page)
    assert not {"script", "img"} & set(told.tags)
    assert told.tags.count("style") == 1
    assert told.links in ([], ["https://t.example/p.gif"])


def test_a_title_is_text():
    page = letter.page("x", title="<b>&{{", sender="<i>", locale="en", direction="ltr")
    assert "<title>&lt;b&gt;&amp;{{</title>" in page
    assert "&lt;i&gt;" in page


NOTICE = rendered({"title": "{organisation}: recall", "body": "{product}: {recipient}"})


def test_a_push_has_language_direction_and_the_deliverys_tag():
    parcel = push.pack(NOTICE, delivery_id=7168, attempt=3, to="token", slots=MAYA, ttl=60)
    again = push.pack(NOTICE, delivery_id=7168, attempt=4, to="token", slots=MAYA)
    assert isinstance(parcel.content, Push)
    assert isinstance(again.content, Push)
    assert (parcel.content.locale, parcel.content.direction, parcel.content.ttl) == (
        "en",
        "ltr",
        60,
    )
    assert parcel.content.title == "Global Foods: recall"
    assert parcel.content.tag == again.content.tag == "7168"


def test_a_push_bears_a_button_that_leads_to_the_answer():
    parcel = push.pack(NOTICE, delivery_id=1, attempt=1, to="token", slots=MAYA)
    assert isinstance(parcel.content, Push)
    assert (parcel.content.acknowledge, parcel.content.button) == (LINK, "Yes, I have read it")


@pytest.mark.parametrize(
    ("slots", "link"),
    [
        ({"link": "https://recall.example.com/fa"}, "https://recall.example.com/fa"),
        ({}, LINK),
        ({"link": "javascript:alert(1)"}, ""),
        ({"acknowledge": ""}, ""),
    ],
)
def test_a_push_leads_to_the_notice_else_to_the_readers_own_page(slots, link):
    parcel = push.pack(NOTICE, delivery_id=1, attempt=1, to="token", slots={**MAYA, **slots})
    assert isinstance(parcel.content, Push)
    assert parcel.content.link == link
