"""The preview: what the offices look at."""

import pytest

from contacts.models import AdHocList, Contact
from dispatcher.alerts import compose
from dispatcher.alerts.preview import preview
from dispatcher.cli import shell
from dispatcher.kit import sms
from dispatcher.kit.errors import Refused
from dispatcher.operators import roster
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.roles import Role
from tests.alerts.conftest import FACTS

pytestmark = pytest.mark.usefixtures("words", "people")


def told(seen) -> set[tuple[str, str, str, str]]:
    return {(row.group, row.channel, row.language, row.region) for row in seen.told}


def test_it_says_who_gets_which_words_by_which_channel(ready, mina):
    """Greta falls back on English, Babak reads Persian, Saoirse is staff and has e-mail only."""
    seen = preview(ready, by=mina)
    assert told(seen) == {
        ("consumer", "sms", "en", "DE"),
        ("consumer", "sms", "fa", "DE-BY"),
        ("employee", "email", "en", "IE"),
    }
    assert seen.untold == {("consumer", "no_address"): 1}
    assert {row.match for row in seen.told} == {"default_language", "exact", "parent"}


def test_it_counts_by_region_and_language_and_says_what_blocks(ready, mina, monkeypatch):
    """Henk has no address; two people live where this alert does not reach."""
    monkeypatch.setattr("contacts.crowds.FEW", 2)
    seen = preview(ready, by=mina)
    assert seen.reachable.total == 4
    assert seen.reachable.by_region == {"DE": 1, "DE-BY": 1, "IE": 1, "NL": 1}
    assert seen.reachable.by_language == {"de": 1, "fa": 1, "en-IE": 1, "nl": 1}
    assert seen.reachable.blockers["no_address"] == 1
    assert seen.reachable.outside_scope == 2
    findings = {finding.code: finding for finding in seen.findings}
    assert "2" in shell.sentence(findings["alerts.people_outside_scope"])


def test_examples_are_real_renderings_for_real_people(ready, mina):
    """Name, facts, direction and the exact parts of a text message."""
    examples = {
        row.language: row for row in preview(ready, by=mina).examples if row.channel == "sms"
    }
    assert (examples["fa"].recipient, examples["fa"].direction) == ("بابک کریمی", "rtl")
    text = examples["fa"].fields["text"]
    assert "Morning Oats 500 g" in text
    assert examples["fa"].parts == sms.parts(text)
    assert examples["fa"].parts.encoding == "ucs2"
    assert "{" not in "".join(field for row in examples.values() for field in row.fields.values())


def test_each_group_channel_and_language_has_one_example(ready, mina):
    """However many people there are, nobody reads a thousand texts."""
    for n in range(20):
        twin = Contact.objects.get(reference="babak")
        addresses = list(twin.addresses.all())
        twin.pk, twin.reference = None, f"babak-{n}"
        twin.save(force_insert=True)
        for address in addresses:
            address.pk, address.contact = None, twin
            address.save(force_insert=True)
    seen = preview(ready, by=mina)
    keys = [(row.group, row.channel, row.language) for row in seen.examples]
    assert len(keys) == len(set(keys)) == 3
    assert next(row.people for row in seen.examples if row.language == "fa") == 21


def test_a_draft_without_facts_says_what_is_missing(draft, mina):
    """The preview works before the facts are there, and names them."""
    seen = preview(draft, by=mina)
    assert not seen.examples
    missing = {cause.facts["name"] for cause in seen.causes if cause.code == "alerts.fact_missing"}
    assert missing == set(FACTS)


def test_a_draft_without_an_audience_has_no_preview(mina):
    """There is nothing to look at."""
    alert = compose.compose("recall", by=mina, mode="drill")
    with pytest.raises(Refused) as refused:
        preview(alert, by=mina)
    assert refused.value.code == "alerts.no_audience"


def test_a_lead_for_the_eu_cannot_preview_brazil(ana, mina):
    """Nor can the lead for Brazil preview the EU."""
    alert = compose.compose("recall", by=ana, mode="drill", segment="everyone")
    assert preview(alert, by=ana).reachable.by_region == {"BR": 2}
    with pytest.raises(NotAllowed) as refused:
        preview(alert, by=mina)
    assert refused.value.code == "alerts.outside_scope"


def test_a_private_list_is_previewed_within_the_regions(mina):
    """People of the list who live elsewhere are counted, not shown."""
    affected = AdHocList.objects.create(name="Affected")
    Contact.objects.filter(reference__in=["greta", "joao"]).update(list=affected)
    alert = compose.compose("recall", by=mina, mode="drill", list_id=affected.pk)
    seen = preview(alert, by=mina)
    assert (seen.reachable.total, seen.reachable.outside_scope) == (1, 1)


def test_who_has_no_language_is_counted(ana):
    """Rosa gets the default language, and the author knows."""
    alert = compose.compose("recall", by=ana, mode="drill", segment="everyone")
    codes = {finding.code for finding in preview(alert, by=ana).findings}
    assert "alerts.people_without_language" in codes


def test_under_the_policy_block_the_unread_get_nothing(mina):
    """Greta reads German, for which there are no words here: told so, not sent English."""
    alert = compose.compose(
        "recall", by=mina, mode="drill", segment="region = DE", fallback="block"
    )
    seen = preview(alert, by=mina)
    assert told(seen) == {("consumer", "sms", "fa", "DE-BY")}
    assert seen.untold == {("consumer", "no_wording"): 1}


def test_a_channel_without_a_carrier_is_stepped_over(mina, settings):
    """With no account for text messages, who has only a number is not reached, and it is said."""
    drill = {
        name: account
        for name, account in settings.CARRIERS["drill"].items()
        if account["carrier"] != "twilio"
    }
    settings.CARRIERS = {"drill": drill, "real": {}}
    alert = compose.compose("recall", by=mina, mode="drill", segment="everyone")
    seen = preview(alert, by=mina)
    assert {row.channel for row in seen.told} == {"email"}
    finding = next(f for f in seen.findings if f.code == "alerts.channel_without_carrier")
    assert finding.facts["channel"] == "sms"


def test_words_in_one_language_amid_another_are_worth_a_look(ready, mina):
    """The hazard was given in English only: Persian readers would read English amid Persian."""

    def found() -> dict[str, str]:
        return {
            str(f.facts["name"]): str(f.facts["languages"])
            for f in preview(ready, by=mina).findings
            if f.code == "alerts.fact_in_one_language"
        }

    assert found()["hazard"] == "fa"
    assert "lots" not in found()  # numbers on a pack are the same everywhere
    compose.set_fact(ready, by=mina, name="hazard", value="سالمونلا", language="fa")
    assert "hazard" not in found()


def test_what_countries_do_to_text_messages_is_said(mina, sofie):
    """How many people, which rule, where it was read, and what to do instead."""
    Contact.objects.filter(reference="babak").update(region="AE", country="AE")
    roster.grant(mina, Role.AUTHOR, over=["001"], by=sofie)
    alert = compose.compose("recall", by=mina, mode="drill", segment="everyone", regions=["001"])
    found = {one.code: one for one in preview(alert, by=mina).findings}
    assert found["alerts.sms_links_refused"].facts["people"] == 1
    told = shell.sentence(found["alerts.sms_links_refused"])
    assert "United Arab Emirates: 1 person; links are refused" in told
    assert "https://www.twilio.com/en/guidelines/ae/sms" in told
    assert "alerts.sms_phones_refused" in found
