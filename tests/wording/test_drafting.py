"""Drafts are asked for, made, and never in the way of a person."""

import threading

import pytest
from django.db import connection

from dispatcher.kit.errors import Refused
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import JournalEntry
from dispatcher.sandbox.config import Config
from dispatcher.sandbox.starter import Sandbox
from dispatcher.wording import bench, drafting, library, memory
from dispatcher.wording.engines.catalogue import open_engine
from dispatcher.wording.models import DraftJob, WordingVersion
from dispatcher.wording.standing import standings
from tests.wording.conftest import GERMAN, KEY, PERSIAN, SPANISH

pytestmark = pytest.mark.django_db

ENGLISH = {"text": "Do not eat {product}. Call {line, phone}"}


@pytest.fixture
def engine(settings):
    """A LibreTranslate that is configured, and allowed to nobody yet."""
    with Sandbox(Config(port=0)) as running:
        settings.LIBRETRANSLATE = {"url": running.url, "key": ""}
        yield "libretranslate"


@pytest.fixture
def source(cast):
    return bench.write(KEY, channel="sms", language="en", fields=ENGLISH, by=cast.mina)


def ask(cast, *locales, **more):
    return drafting.ask([KEY], scenario="recall", locales=locales, by=cast.mina, **more)


def reasons():
    """Language -> why its draft is missing."""
    return {locale: error.code for _, locale, error in drafting.progress([KEY]).failed}


def states(*locales):
    return {
        one.locale: one.state for one in standings([KEY], locales=locales) if one.locale != "en"
    }


@pytest.mark.usefixtures("source")
def test_no_engine_sees_anything_until_it_is_allowed(cast, engine):
    """Not even one that is configured; an admin allows it for a kind of scenario, on record."""
    with pytest.raises(Refused, match="engine_not_allowed"):
        ask(cast, "de", engine=engine)
    with pytest.raises(NotAllowed):
        drafting.allow(engine, scenario="recall", by=cast.mina)
    drafting.allow(engine, scenario="recall", by=cast.sofie)
    drafting.allow(engine, scenario="recall", by=cast.sofie)
    assert drafting.allowed("recall") == (engine,)
    assert drafting.allowed("breach") == ()
    assert JournalEntry.objects.filter(what="wordings.engine_allowed").count() == 1
    drafting.allow(engine, scenario="recall", by=cast.sofie, allowed=False)
    with pytest.raises(Refused, match="engine_not_allowed"):
        ask(cast, "de", engine=engine)


@pytest.mark.usefixtures("source")
def test_a_draft_is_made(cast, engine):
    """With its engine's name and the way back; nobody has accepted it; asking twice is once."""
    drafting.allow(engine, scenario="recall", by=cast.sofie)
    assert len(ask(cast, "de", "fr", "en", back=True)) == 2
    assert ask(cast, "de", "fr") == []
    assert drafting.progress([KEY]).waiting == 2
    while drafting.work():
        pass
    assert drafting.progress([KEY]).done == 2
    version = WordingVersion.objects.get(wording__locale="de")
    assert (version.state, version.engine) == ("machine_draft", engine)
    assert "{product}" in version.fields["text"]
    assert "{line, phone}" in version.fields["text"]
    assert version.back
    assert library.versions_for(KEY, channels=["sms"]) == {"sms": {}}


@pytest.mark.usefixtures("source")
def test_a_person_is_never_overwritten(cast, engine):
    """Whatever a person works on or has accepted is left alone."""
    drafting.allow(engine, scenario="recall", by=cast.sofie)
    bench.edit(KEY, channel="sms", locale="es", fields=SPANISH, by=cast.mina)
    assert [job.locale for job in ask(cast, "es", "fr")] == ["fr"]


def test_the_memory_answers_first(cast):
    """A line that was accepted before needs no engine; one that was not, says so."""
    first = "recall.first.consumer"
    bench.write(first, channel="sms", language="en", fields=ENGLISH, by=cast.mina)
    accepted, _ = bench.edit(first, channel="sms", locale="de", fields=GERMAN, by=cast.mina)
    bench.accept(accepted.pk, by=cast.greta)
    bench.write(KEY, channel="sms", language="en", fields=ENGLISH, by=cast.mina)
    ask(cast, "de")
    assert drafting.work()
    draft = WordingVersion.objects.get(wording__template__key=KEY, wording__locale="de")
    assert (draft.engine, draft.fields) == (memory.NAME, GERMAN)
    other = {"text": "A line that nobody has ever said of {product}."}
    bench.write(KEY, channel="sms", language="en", fields=other, by=cast.mina)
    ask(cast, "de")
    assert drafting.work()
    assert reasons() == {"de": "wording.memory_only"}


@pytest.mark.usefixtures("source")
def test_a_failed_draft_is_missing_with_the_reason(cast, settings):
    """The source never stands in the target's place; asking again is possible."""
    settings.LIBRETRANSLATE = {"url": "http://127.0.0.1:9", "key": ""}
    drafting.allow("libretranslate", scenario="recall", by=cast.sofie)
    ask(cast, "de")
    assert drafting.work()
    assert states("de") == {"de": "missing"}
    assert reasons() == {"de": "wording.engine_away"}
    assert len(ask(cast, "de")) == 1


@pytest.mark.usefixtures("source")
def test_an_answer_in_the_source_language_is_no_draft(cast, engine, monkeypatch):
    """An engine that gives back what it got, or another script, has made nothing."""
    drafting.allow(engine, scenario="recall", by=cast.sofie)
    kind = type(open_engine(engine))
    monkeypatch.setattr(kind, "translate", lambda _self, words, **_: list(words))
    ask(cast, "de", "fa")
    while drafting.work():
        pass
    assert states("de", "fa") == {"de": "missing", "fa": "missing"}
    assert len(drafting.progress([KEY]).failed) == 2


@pytest.mark.usefixtures("source")
def test_the_budget_ends_it(cast, engine, settings):
    """What an engine has seen of one text is counted."""
    settings.DRAFT_BUDGET = 10
    drafting.allow(engine, scenario="recall", by=cast.sofie)
    ask(cast, "de", "fr")
    while drafting.work():
        pass
    assert list(reasons().values()) == ["wording.budget_spent"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("source")
def test_two_workers_make_each_draft_once(cast, engine):
    """A draft that one has taken is no other's."""
    drafting.allow(engine, scenario="recall", by=cast.sofie)
    ask(cast, "de", "fr", "es", "tr")

    def work() -> None:
        while drafting.work():
            pass
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert set(DraftJob.objects.values_list("state", flat=True)) == {"done"}
    assert WordingVersion.objects.filter(state="machine_draft").count() == 4


def test_any_source_language(cast, engine):
    """A Persian text is drafted into English as well."""
    drafting.allow(engine, scenario="recall", by=cast.sofie)
    bench.write(KEY, channel="sms", language="fa", fields=PERSIAN, by=cast.mina)
    ask(cast, "en", "fa")
    while drafting.work():
        pass
    told = DraftJob.objects.get()
    assert told.locale == "en"
    assert told.state in ("done", "failed")  # the sandbox's draft keeps Persian letters
