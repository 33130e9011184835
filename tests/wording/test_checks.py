"""The gate: a table of broken and sound texts."""

import pytest

from dispatcher.wording.checks import CHECKS, Severity, examine, refused

SOURCE = "{organisation}: do NOT consume {product}. Details: {info, link} Call {line, phone}"
SOUND = {
    "en": SOURCE,
    "fa": "{organisation}: {product} را به هیچ وجه مصرف نکنید. جزئیات: {info, link} تلفن {line, phone}",
    "ar": "{organisation}: لا تستهلكوا {product} إطلاقا. التفاصيل: {info, link} الهاتف {line, phone}",
    "es": "{organisation}: NO consuma {product}. Detalles: {info, link} Llame al {line, phone}",
    "zh-Hans": "{organisation}：请勿食用{product}。详情：{info, link} 电话：{line, phone}",
    "zh-Hant": "{organisation}：請勿食用{product}。詳情：{info, link} 電話：{line, phone}",
    "ja": "{organisation}：{product}は絶対に召し上がらないでください。詳細：{info, link} 電話：{line, phone}",
    "hi": "{organisation}: {product} का सेवन बिल्कुल न करें। जानकारी: {info, link} फ़ोन {line, phone}",
    "ru": "{organisation}: НЕ употребляйте {product}. Подробности: {info, link} Телефон {line, phone}",
    "tr": "{organisation}: {product} ürününü kesinlikle TÜKETMEYİN. Bilgi: {info, link} Tel: {line, phone}",
}


def found(text, *, locale, source=SOURCE, field="text"):
    fields, sources = {"text": text}, {"text": source}
    if field == "body":
        fields, sources = {"title": "{a}", "body": text}, {"title": "{a}", "body": source}
    return examine(fields, locale=locale, source=sources)


@pytest.mark.parametrize("locale", SOUND)
def test_sound(locale):
    """A careful translation passes, and is counted."""
    findings = found(SOUND[locale], locale=locale)
    assert [finding.code for finding in findings] == ["wording.sms_parts"]
    assert findings[0].facts["encoding"] == ("gsm7" if locale in {"en", "es"} else "ucs2")


LINE = " {line, phone}"


@pytest.mark.parametrize(
    ("locale", "text", "code", "severity", "facts"),
    [
        ("fa", SOUND["fa"].replace("{product}", ""), "slots_differ", Severity.REFUSE, {"missing": "product"}),
        ("fa", SOUND["fa"] + "{more}", "slots_differ", Severity.REFUSE, {"extra": "more"}),
        ("fa", SOUND["fa"].replace("{line, phone}", "{line}"), "slots_differ", Severity.REFUSE, {"retyped": "line"}),
        ("fa", SOUND["fa"] + " {product}", "slots_recounted", Severity.WARN, {"names": "product"}),
        ("fa", SOUND["en"], "same_as_source", Severity.REFUSE, {}),
        ("fa", SOUND["en"], "script_foreign", Severity.REFUSE, {"script": "Latin"}),
        ("ru", SOUND["fa"], "script_foreign", Severity.REFUSE, {"script": "Arabic"}),
        ("es", SOUND["en"], "same_as_source", Severity.REFUSE, {}),
        ("fa", SOUND["fa"].replace("ی", "ي"), "letters_foreign", Severity.WARN, {"letters": "ي"}),
        ("ar", SOUND["ar"].replace("ك", "ک"), "letters_foreign", Severity.WARN, {"letters": "ک"}),
        ("zh-Hant", SOUND["zh-Hans"], "letters_foreign", Severity.WARN, {"letters": "电 话 详 请"}),
        ("zh-Hans", SOUND["zh-Hant"], "letters_foreign", Severity.WARN, {"letters": "話 詳 請 電"}),
        ("fa", SOUND["fa"] + "\u202e", "signs_stray", Severity.REFUSE, {}),
        ("fa", SOUND["fa"] + "\u2068", "signs_stray", Severity.REFUSE, {}),
        ("ru", SOUND["ru"].replace("{info, link} ", "{info, link}. "), "address_glued", Severity.WARN, {"name": "info"}),
        ("ru", SOUND["ru"] + " и" * 130, "sms_long", Severity.WARN, {"parts": 6, "most": 4}),
        ("ru", "{oops", "brace_open", Severity.REFUSE, {"field": "text", "position": 1}),
    ],
)  # fmt: skip
def test_broken(locale, text, code, severity, facts):
    """One fault, its code, how grave it is, and what the translator is told."""
    hits = [finding for finding in found(text, locale=locale) if finding.code == f"wording.{code}"]
    assert len(hits) == 1
    assert hits[0].severity is severity
    assert hits[0].facts.items() >= {"field": "text", **facts}.items()


@pytest.mark.parametrize(
    ("locale", "text", "missing"),
    [
        ("ru", "{n, plural, one {упаковка} other {упаковок}}", "few, many"),
        ("ar", "{n, plural, one {علبة} other {علب}}", "few, many, two, zero"),
        ("en", "{n, plural, =1 {pack} other {packs}}", "one"),
        ("fr", "{n, plural, other {paquets}}", "one"),
    ],
)
def test_forms_missing(locale, text, missing):
    """Every category that whole numbers meet in the language must be there."""
    findings = found(text, locale=locale, source="{n, plural, one {pack} other {packs}}")
    facts = {finding.code: finding.facts for finding in findings}
    assert facts["wording.forms_missing"]["forms"] == missing


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("fr", "{n, plural, one {paquet} other {paquets}}"),  # 'many' is for round millions
        ("ja", "{n, plural, other {個}}"),
        ("tr", "{n, number} paket"),  # a number is no plural, and needs none
    ],
)
def test_forms_complete(locale, text):
    """No more than the language needs."""
    findings = found(text, locale=locale, source="{n, plural, one {pack} other {packs}}")
    assert not refused(findings)


@pytest.mark.parametrize(
    ("locale", "text", "source"),
    [
        ("de", "{organisation}: {product}", "{organisation}: {product}"),
        ("fr", "{product} : information", "{product}: information"),
        ("en-GB", "Do not consume it at all", "Do not consume it at all"),
    ],
)
def test_rightly_the_same(locale, text, source):
    """Placeholders alone, another letter, or the same language are no copies."""
    codes = {finding.code for finding in found(text, locale=locale, source=source)}
    assert "wording.same_as_source" not in codes


def test_script_not_known():
    """What cannot be judged is said to be unchecked."""
    codes = {finding.code for finding in found("ᱵᱟᱝ ᱡᱚᱢᱟ", locale="sat", source="no")}
    assert "wording.script_unchecked" in codes
    assert not any(code.endswith("foreign") for code in codes)


def test_parts_only_of_text_messages():
    """A push body has no parts."""
    codes = {finding.code for finding in found(SOUND["ru"], locale="ru", field="body")}
    assert codes == set()


def test_each_row_once():
    """A code stands in one row."""
    codes = [check.code for check in CHECKS]
    assert len(codes) == len(set(codes))
