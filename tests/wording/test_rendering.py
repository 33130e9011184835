"""From a wording and facts to what one person reads."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.wording import bidi, rendering
from dispatcher.wording.facts import Fact, Facts
from dispatcher.wording.rendering import Rendered, channel_of

LRI, FSI, PDI = bidi.LRI, bidi.FSI, bidi.PDI
LINK = "https://example.com/recall"
FACTS = Facts.of(
    [
        Fact("product", "text", "Choco-Mix *250* g"),
        Fact("local", "text", "موسلی"),
        Fact("lots", "list", '["A-1", "B-2"]'),
        Fact("line", "phone", "+12025550123"),
        Fact("line", "phone", "+442079460123", region="GB"),
        Fact("line", "phone", "+33639980123", language="fr"),
        Fact("line", "phone", "+33639980199", region="FR", language="fr"),
        Fact("info", "link", LINK),
        Fact("mail", "email", "help@example.com"),
        Fact("until", "date", "2026-11-23"),
        Fact("next", "datetime", "2026-11-23T23:30:00+00:00"),
        Fact("none", "number", "0"),
        Fact("one", "number", "1"),
        Fact("packs", "number", "3"),
        Fact("many", "number", "11"),
    ]
)


def rendered(text, *, locale="en", zone="UTC", facts=FACTS, regions=()) -> Rendered:
    return rendering.compile(
        {"text": text}, locale=locale, zone=zone, facts=facts, regions=regions, wording="recall.x"
    )


def told(text, personal=None, **how):
    return rendered(text, **how).parts["text"].fill(personal or {})


PACKS = "{%s, plural, =0 {no pack} one {# pack} other {# packs}}"
ARABIC = "{%s, plural, zero {صفر} one {علبة} two {علبتان} few {# علب} many {# علبة} other {# علبة}}"
RUSSIAN = "{%s, plural, one {# упаковка} few {# упаковки} many {# упаковок} other {# упаковки}}"


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("Do not eat {product}.", "en", "Do not eat Choco-Mix *250* g."),
        (PACKS % "none", "en", "no pack"),
        (PACKS % "one", "en", "1 pack"),
        (PACKS % "packs", "en", "3 packs"),
        (ARABIC % "one", "ar", "علبة"),
        (ARABIC % "packs", "ar", "3 علب"),
        (ARABIC % "many", "ar", "11 علبة"),
        (ARABIC % "packs", "ar-EG", "٣ علب"),
        (RUSSIAN % "packs", "ru", "3 упаковки"),
        (RUSSIAN % "many", "ru", "11 упаковок"),
        ("{until, date}", "ja", "2026年11月23日"),
        ("{next, date} {next, time}", "de", "23. November 2026 23:30"),
        # Right to left: addresses from left to right, texts as they begin, and a free link.
        ("فراخوان {product}.", "fa", f"فراخوان {FSI}Choco-Mix *250* g{PDI}."),
        ("فراخوان {local}.", "fa", "فراخوان موسلی."),
        ("تماس {line, phone}.", "fa", f"تماس {LRI}+1 202-555-0123{PDI}."),
        ("ببینید {info, link} لطفاً", "fa", f"ببینید {LRI}{LINK} {PDI} لطفاً"),
        ("ببینید {info, link}، لطفاً", "fa", f"ببینید {LRI}{LINK} {PDI}، لطفاً"),
        ("ببینید {info, link}\nو", "fa", f"ببینید {LRI}{LINK} {PDI}\nو"),
        ("ببینید {info, link}", "fa", f"ببینید {LRI}{LINK} {PDI}"),
        ("{until, date}", "fa", "۲۳ نوامبر ۲۰۲۶"),
        ("{lots, list}", "fa", f"{FSI}A-1{PDI} و {FSI}B-2{PDI}"),
        # Left to right: isolates only where letters run the other way.
        ("{local}!", "en", f"{FSI}موسلی{PDI}!"),
        # A link stands free of letters that a handset would take for a part of it.
        ("詳細は{info, link}をご覧ください。", "ja", f"詳細は {LINK} をご覧ください。"),
        ("詳細：{info, link}。", "zh-Hans", f"詳細：{LINK} 。"),
        ("See {info, link}. Bye", "en", f"See {LINK}. Bye"),
        ("See {info, link}", "en", f"See {LINK}"),
        ("({info, link})", "en", f"({LINK})"),
        # What GSM-7 lacks is written plainly when that saves the alphabet.
        ("Don’t eat it – {next, time}", "en", "Don't eat it - 11:30 PM"),
        ("Yemeyin – {info, link} ş", "tr", f"Yemeyin – {LINK} ş"),
        ("می\u200cخوریم", "fa", "می\u200cخوریم"),
    ],
)
def test_told(text, locale, expected):
    """What a reader of the locale sees in a text message."""
    assert told(text, locale=locale) == expected


@pytest.mark.parametrize(
    ("regions", "locale", "line"),
    [
        ((), "en", "+1 202-555-0123"),
        (("US-CA", "US", "021", "019", "001"), "en", "+1 202-555-0123"),
        (("GB-ENG", "GB", "154", "150", "001"), "en", "+44 20 7946 0123"),
        (("GB", "001"), "fr", "+44 20 7946 0123"),  # a nearer place beats a language
        (("BE", "001"), "fr", "+33 6 39 98 01 23"),
        (("BE", "001"), "fr-CA", "+33 6 39 98 01 23"),
        (("FR", "001"), "fr", "+33 6 39 98 01 99"),
        (("FR", "001"), "en", "+1 202-555-0123"),
    ],
)
def test_scoped_fact(regions, locale, line):
    """The most specific fact that fits: place before language before none."""
    assert told("{line, phone}", locale=locale, regions=regions) == line


def test_nearest_region_wins():
    """Of two regions that contain the reader, the smaller speaks."""
    facts = Facts.of(
        [Fact("a", "text", "Europe", region="150"), Fact("a", "text", "Britain", region="GB"),
         Fact("a", "text", "Nordics", region="own:nordics")]
    )  # fmt: skip
    assert told("{a}", facts=facts, regions=("GB", "154", "150", "001")) == "Britain"
    assert told("{a}", facts=facts, regions=("SE", "own:nordics", "150", "001")) == "Nordics"


@pytest.mark.parametrize(
    ("text", "code", "more"),
    [
        ("{missing}", "fact_missing", {"fact": "missing"}),
        ("{product, number}", "fact_type_wrong", {"fact": "product", "wanted": "number", "found": "text"}),
        ("{line, plural, other {}}", "fact_type_wrong", {"fact": "line"}),
        ("{until, datetime}", "fact_type_wrong", {"fact": "until"}),
        ("{broken, date}", "fact_unreadable", {"fact": "broken", "value": "soon"}),
        ("{turned}", "bidi_override", {"fact": "turned"}),
        ("{acknowledge}", "personal_type", {"fact": "acknowledge"}),
        ("{recipient, link}", "personal_type", {"fact": "recipient"}),
        ("{oops", "brace_open", {"field": "text", "position": 1}),
        ("a\u202eb", "bidi_override", {"field": "text", "position": 2}),
    ],
)  # fmt: skip
def test_stopped(text, code, more):
    """A missing or wrong value stops here, with the wording, the locale and the fact."""
    facts = Facts(
        (*FACTS.entries, Fact("broken", "date", "soon"), Fact("turned", "text", "\u202ex"))
    )
    with pytest.raises(Refused) as wrong:
        rendered(text, facts=facts)
    assert wrong.value.code == f"wording.{code}"
    assert wrong.value.facts.items() >= {"wording": "recall.x", "locale": "en", **more}.items()


def test_scoped_elsewhere_is_missing_here():
    """A number for Britain alone is none for readers in Brazil."""
    facts = Facts.of([Fact("line", "phone", "+442079460123", region="GB")])
    with pytest.raises(Refused, match="fact_missing"):
        rendered("{line, phone}", facts=facts, regions=("BR", "001"))


def test_no_fact_takes_a_persons_name():
    """What is personal is no fact."""
    with pytest.raises(Refused, match="personal_name_taken"):
        rendered("hello", facts=Facts.of([Fact("recipient", "text", "Mina")]))


def test_one_fact_is_told_by_the_clock_of_each_zone():
    """What one zone's readers were shown is not what the next one's are, nor another value's."""
    shown = {zone: told("{next, time}", zone=zone) for zone in ("UTC", "Asia/Tokyo", "UTC")}
    later = Facts.of([Fact("next", "datetime", "2026-11-23T20:30:00+00:00")])
    shown["later"] = told("{next, time}", facts=later)
    assert len(set(shown.values())) == 3


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "a\x00b"])
def test_unknown_zone(zone):
    """A zone that nobody has is named."""
    with pytest.raises(Refused, match="zone_unknown"):
        rendered("hello", zone=zone)


def test_personal_slots_are_filled_last():
    """One rendering, many people; a name is isolated where its direction differs."""
    text = rendered("Dear {recipient}: {acknowledge, link}").parts["text"]
    assert text.slots == {"recipient", "acknowledge"}
    link = "https://example.com/a/1"
    assert text.fill({"recipient": "Mina", "acknowledge": link}) == f"Dear Mina: {link}"
    assert text.fill({"recipient": "مینا", "acknowledge": link}) == f"Dear {FSI}مینا{PDI}: {link}"
    persian = rendered("{recipient} گرامی: {acknowledge, link}", locale="fa").parts["text"]
    told = persian.fill({"recipient": "Anna", "acknowledge": link})
    assert told == f"{FSI}Anna{PDI} گرامی: {LRI}{link} {PDI}"


def test_values_are_not_read_again():
    """A name that looks like a placeholder, or like Python's formatting, is a name."""
    text = rendered("{recipient} {product}").parts["text"]
    assert text.fill({"recipient": "{product} %s {0}"}) == "{product} %s {0} Choco-Mix *250* g"


def test_missing_personal_value():
    """A slot without a value is an error, not a gap."""
    with pytest.raises(KeyError):
        rendered("{recipient}").parts["text"].fill({})


def test_letter():
    """In Markdown, facts are escaped and links are autolinks, or targets of written links."""
    fields = {
        "subject": "Recall: {product}",
        "body": "{until, date}: **{product}** {info, link}. [Read]({info, link}) {mail, email} {acknowledge, link}",
    }
    letter = rendering.compile(fields, locale="de", zone="UTC", facts=FACTS)
    assert letter.channel == "email"
    assert letter.parts["subject"].fill({}) == "Recall: Choco-Mix *250* g"
    assert letter.parts["body"].fill({"acknowledge": "https://example.com/a"}) == (
        r"23\. November 2026: **Choco-Mix \*250\* g** "
        f"<{LINK}>. [Read]({LINK}) <help@example.com> <https://example.com/a>"
    )


def test_letter_from_right_to_left():
    """Autolinks lie between isolates, link targets do not."""
    fields = {"subject": "{product}", "body": "{info, link} [اینجا]({info, link}) {product}"}
    letter = rendering.compile(fields, locale="fa", zone="UTC", facts=FACTS)
    assert letter.direction == "rtl"
    assert letter.parts["body"].fill({}) == (
        f"{LRI}<{LINK}> {PDI} [اینجا]({LINK}) {FSI}" + r"Choco-Mix \*250\* g" + PDI
    )


@pytest.mark.parametrize(
    ("fields", "channel"),
    [({"text": ""}, "sms"), ({"subject": "", "body": ""}, "email"), ({"title": "", "body": ""}, "push")],
)  # fmt: skip
def test_channel(fields, channel):
    """The fields say which channel it is."""
    assert channel_of(fields) == channel
    assert rendering.compile(fields, locale="en", zone="UTC", facts=Facts()).channel == channel


def test_half_a_message_is_none():
    """A body without a subject belongs to no channel."""
    with pytest.raises(Refused, match="fields_unknown"):
        channel_of({"body": "x"})


def test_what_was_inserted_is_told():
    """As readers see it, for the page and the push link."""
    assert rendered("{info, link} {packs, number}", locale="fa").facts == {
        "info": LINK,
        "packs": "۳",
    }


words = st.text(st.sampled_from(list("abأب1۲ .!،。の-/")), min_size=1, max_size=8)


@given(
    st.sampled_from(["en", "fa", "ar", "ja", "he"]),
    st.lists(st.one_of(words, st.sampled_from(["{f}", "{info, link}", "{line, phone}", "{recipient}"])), max_size=7),
    words.filter(lambda value: bool(value.strip())),
    words,
)  # fmt: skip
@example("en", ["{info, link}", "{f}"], "/أ", "a")  # the isolate of a value, right behind a link
def test_laws(locale, pieces, fact, name):
    """Isolates balance; each link ends before a space or plain ASCII; nothing else is lost."""
    facts = Facts((*FACTS.entries, Fact("f", "text", fact)))
    text = told("".join(pieces), {"recipient": name}, locale=locale, facts=facts)
    bidi.refuse_stray(text)
    for link in re.finditer(re.escape(LINK), text):
        after = text[link.end() : link.end() + 1]
        assert after == "" or after in " \n" or (after.isascii() and not after.isalnum())
        assert not text[: link.start()][-1:].isalnum()
    plain = re.sub("[\u2066-\u2069 ]", "", text)
    wanted = "".join(pieces).replace("{f}", fact.strip()).replace("{info, link}", LINK)
    wanted = wanted.replace("{line, phone}", "+1 202-555-0123").replace("{recipient}", name)
    assert plain == wanted.replace(" ", "")


@given(st.text(st.sampled_from(list("a’“–…\u00a0ş€")), max_size=20))
def test_smoothing_never_costs(name):
    """A text in GSM-7 stays there whatever the name; only the name can change it."""
    text = rendered("Don’t eat it – {recipient} …").parts["text"]
    assert sms.fits_gsm7(text.fill({"recipient": name})) is sms.fits_gsm7(name)
