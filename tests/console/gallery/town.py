"""One installation with everything in it that a page of the console can show, built once."""

import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from contacts import consent, freshness, importing, saved, uploads
from contacts.models import Address, Contact, Role
from contacts.regions import Scope
from dispatcher.alerts import approve, compose, launch
from dispatcher.alerts.models import Alert
from dispatcher.console.people import tasks
from dispatcher.fanout.spread import spread
from dispatcher.kit import links
from dispatcher.ledger import stages
from dispatcher.ledger.facts import Outcome, Rank
from dispatcher.ledger.models import Dispatch
from dispatcher.operators import keys, roster
from dispatcher.operators import roles as may
from dispatcher.operators.models import User
from dispatcher.wording import bench, glossary, library
from dispatcher.wording.glossary import Term
from dispatcher.wording.models import WordingVersion
from tests.alerts.conftest import tell_facts
from tests.console.conftest import NASTY, PASSWORD, arrived, hand_over

LONG = "Maximiliane-Theodora von und zu Hohenwaldstetten-Unterschweinbach " * 4
"""A name of more than two hundred letters, as registries have them."""
ENDLESS = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
"""One word that no line holds."""
KEY = "recall.update.consumer"
NEVER_QUIET = "People may be in danger tonight"
WALK = timedelta(hours=3)
"""How long a link must work, so that the last way to look still finds it."""
CAST = Path("contacts/samples/cast.csv")
SPOKEN = ("en", "fa", "de", "fr", "es")
FOLK = [
    ("شیرین مرادی", "DE-BE", ["fa", "de"], ["customer"], "sms"),
    ("יוסף כהן", "FR", ["fr"], ["customer"], "sms"),
    ("Ελένη Παπαδοπούλου", "GR", ["el", "en"], ["retailer"], "email"),
    (LONG[:200].strip(), "AT", ["de"], ["customer"], "sms"),
    ("佐藤 花", "IE", ["ja", "en"], ["employee"], "email"),
    (NASTY, "NL", ["nl"], ["customer"], "sms"),
    ("Seán Ó Súilleabháin", "IE", ["en"], ["employee"], "email"),
    ("Greta Vogel", "DE", ["de"], ["customer"], "sms"),
    ("Camille Lefèvre", "FR", ["fr"], ["customer"], "email"),
    ("Joaquín Ibáñez", "ES", ["es"], ["retailer"], "sms"),
    ("Bożena Wiśniewska", "PL", ["pl"], ["customer"], "sms"),
    ("", "SE", ["sv"], ["customer"], "sms"),
]


@dataclass(slots=True)
class Town:
    """Who and what there is, by the names that the recipes of pages use."""

    users: dict[str, User] = field(default_factory=dict)
    people: list[Contact] = field(default_factory=list)
    alerts: dict[str, Alert] = field(default_factory=dict)
    sent: dict[str, Dispatch] = field(default_factory=dict)
    uploads: dict[str, int] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def build() -> Town:
    """The whole of it; takes some seconds. The database must be empty."""
    town = Town()
    _plant()
    _operators(town)
    _registry(town)
    library.load()
    _vouch(town)
    _texts(town)
    _alerts(town)
    _sendings(town)
    _files(town)
    _ways_in(town)
    return town


def _plant() -> None:
    """What migrations make, where an earlier test emptied it."""
    roster.plant_offices()
    kinds = (
        *("customer", "community", "retailer", "distributor", "employee", "patient"),
        *("clinician", "media"),
    )
    Role.objects.bulk_create(
        (Role(key, key.title(), place) for place, key in enumerate(kinds)), ignore_conflicts=True
    )


def _operators(town: Town) -> None:
    """One for each role, in several scripts, and one whose name is too long for any line."""
    sofie = roster.add_first("sofie.lind", name="Sofie Lind", time_zone="Europe/Oslo")
    town.users["sofie"] = sofie
    for username, name, role, regions, tongues in (
        ("mina.rahimi", "مینا رحیمی", may.Role.AUTHOR, ["EU"], ()),
        ("ana.souza", "Ana Souza", may.Role.AUTHOR, ["BR"], ()),
        ("wanda.ruiz", "Wanda Ruiz", may.Role.AUTHOR, ["001"], ()),
        ("kenji.watanabe", "渡辺 健二", may.Role.APPROVER, ["001"], ()),
        ("leila.haddad", "ليلى حداد", may.Role.APPROVER, ["001"], ()),
        ("omid.karimi", "امید کریمی", may.Role.TRANSLATOR, ["001"], ("fa", "ar")),
        ("elif.demir", "Elif Demir", may.Role.TRANSLATOR, ["001"], SPOKEN),
        ("ingrid.dahl", "Ingrid Dahl", may.Role.REGISTRY_KEEPER, ["001"], ()),
        ("vera.novak", LONG[:180].strip(), may.Role.VIEWER, ["EU", "US-CA"], ()),
    ):
        user = roster.add(username, by=sofie, name=name, time_zone="Europe/Berlin")
        roster.grant(user, role, over=regions, by=sofie, languages=tongues)
        town.users[username.partition(".")[0]] = user
    for user in town.users.values():
        roster.set_password(user, PASSWORD)
    roster.appoint(town.users["kenji"], roster.Seat("ceo"), by=sofie)
    roster.appoint(town.users["leila"], roster.Seat("counsel"), by=sofie)
    roster.appoint(town.users["leila"], roster.Seat("ceo", deputy=True), by=sofie)
    roster.appoint(town.users["vera"], roster.Seat("quality", deputy=True), by=sofie)
    gone = roster.add("tom.gone", by=sofie, name="Tom Gone")
    roster.switch_off(gone, by=sofie)


def _registry(town: Town) -> None:
    """People of many scripts, one who has never heard of any language, lists and segments."""
    assert importing.import_file(CAST, by="tests", scope=Scope.everything()).applied
    for number, (name, region, tongues, kinds, channel) in enumerate(FOLK, 1):
        who = Contact.objects.create(
            reference=f"C-{number:05}", name=name, region=region, country=region[:2],
            languages=tongues, roles=kinds, tags=["autumn"], culture="", time_zone="Europe/Berlin",
            attributes={"store": ENDLESS} if number == 4 else {},
        )  # fmt: skip
        value = f"+4917139200{number:03}" if channel == "sms" else f"person{number}@example.com"
        Address.objects.create(contact=who, channel=channel, key=value, value=value, position=0)
        town.people.append(who)
    consent.mark_dead([Address.objects.get(contact=town.people[6]).pk])
    consent.opt_out(Address.objects.get(contact=town.people[10]).pk, source="sms:STOP")
    everything = Scope.everything()
    saved.create(
        "EU customers", "role in (customer, retailer) and not region = EU", scope=everything
    )
    saved.create(f"Händler {LONG[:120]}", "role = retailer and region in EU", scope=everything)
    town.facts["list"] = importing.make_list("Affected customers")
    freshness.survey()


def _vouch(town: Town) -> None:
    """The first notices may leave for real: a named person stands for each text."""
    texts = WordingVersion.objects.filter(
        wording__template__key__startswith="recall.first.", wording__locale__in=SPOKEN[:3]
    )
    for pk in texts.values_list("pk", flat=True):
        bench.accept(pk, by=town.users["elif"])


def _texts(town: Town) -> None:
    """A text in each state that a text can have."""
    omid, elif_ = town.users["omid"], town.users["elif"]

    def held(locale: str, channel: str = "sms") -> WordingVersion:
        return WordingVersion.objects.filter(
            wording__template__key=KEY, wording__template__channel=channel, wording__locale=locale
        ).latest("pk")

    bench.accept(held("fa").pk, by=omid)
    bench.edit(
        KEY, channel="email", locale="fa", by=omid,
        fields={**held("fa", "email").fields, "subject": "به‌روزرسانی دربارهٔ {product}"},
    )  # fmt: skip
    bench.send_back(held("fa", "push").pk, by=omid, reason=f"لحن رسمی نیست {NASTY}")
    bench.send_back(held("de", "push").pk, by=elif_, reason=ENDLESS)
    bench.accept(held("de").pk, by=elif_)
    source = held("en").fields["text"]
    bench.write(KEY, channel="sms", language="en", by=town.users["wanda"],
                fields={"text": f"{source} Thank you."}, outdates=12)  # fmt: skip
    bench.put_draft(KEY, channel="sms", locale="tr", engine="libretranslate",
                    fields={"text": held("tr").fields["text"]}, back={"text": source})  # fmt: skip
    glossary.put(
        Term("recall", "fa", names=("فراخوان", "جمع‌آوری"), forbidden=("یادآوری",)), by=omid
    )
    glossary.put(Term("lot", "de", names=("Charge",), note=LONG[:150]), by=elif_)
    town.facts |= {
        "stale": held("de").pk, "returned": held("fa", "push").pk, "accepted": held("fa").pk,
    }  # fmt: skip


def _alerts(town: Town) -> None:
    """One in each state, drills and real ones; titles of every kind."""
    mina, kenji, leila = (town.users[name] for name in ("mina", "kenji", "leila"))
    for name, title, mode in (
        ("draft", "", "drill"), ("told", "Oats, autumn drill", "drill"),
        ("pending", "Almond butter: metal splinters", "real"),
        ("returned", f"{ENDLESS} {NASTY}", "real"), ("changed", "جو صبحانه، تمرین پاییز", "drill"),
        ("approved", "Peanut snacks, lots L23 to L29, sold at the border", "real"),
        ("ready", "Drill that is ready to leave", "drill"), ("rejected", LONG[:190], "drill"),
        ("cancelled", "Given up again", "drill"), ("broken", "Glass was broken for this", "real"),
        ("paused", "Rice, second drill", "drill"), ("stopped", "Stopped drill", "drill"),
        ("over", "Honey drill of the spring", "drill"), ("running", "Allergen in muesli", "real"),
    ):  # fmt: skip
        alert = compose.compose(
            "recall", by=mina, mode=mode, title=title.strip(), segment="everyone",
            override_quiet=NEVER_QUIET,
        )  # fmt: skip
        if name != "draft":
            tell_facts(alert, by=mina)
        if name not in {"draft", "told", "cancelled"}:
            approve.submit(alert, by=mina)
        town.alerts[name] = alert
    compose.set_fact(town.alerts["draft"], by=mina, name="product", value="جو", source="Lab 7")
    approve.send_back(town.alerts["returned"], by=leila, office="counsel", reason=LONG)
    approve.reject(town.alerts["rejected"], by=kenji, office="ceo", reason="Not ours to recall")
    compose.cancel(town.alerts["cancelled"], by=mina, reason="A mistake")
    approve.approve(town.alerts["pending"], by=kenji)
    approve.break_glass(town.alerts["broken"], by=leila, reason="Nobody of the board answers")
    for name in ("approved", "ready", "paused", "stopped", "over", "running"):
        approve.approve(town.alerts[name], by=kenji)
        approve.approve(town.alerts[name], by=leila, office="counsel")


def outcomes() -> Iterator[Outcome]:
    """Mostly good: one in seven unsure, one in five refused."""
    for n in itertools.count(1):
        if n % 7 == 0:
            yield Outcome.unsure("timeout")
        else:
            yield Outcome.refused("30006") if n % 5 == 0 else Outcome.taken(f"C{n}")


def _sendings(town: Town) -> None:
    """Four dispatches: over with unknowns and failures, stopped, paused, and one that runs."""
    mina = town.users["mina"]
    for name, most in (("over", 1000), ("stopped", 3), ("paused", 4), ("running", 7)):
        alert = Alert.objects.get(pk=town.alerts[name].pk)
        made = launch.launch(alert, by=mina, confirm=launch.words(alert))
        while not spread(made.lane).last:
            pass
        taken = hand_over(made.lane, outcomes(), most=most)
        for channel, ids in taken.items():
            arrived(ids[:-1], carrier="twilio" if channel == "sms" else "sendgrid")
            arrived(ids[-1:], rank=Rank.FAILED, code="30005")
        town.sent[name] = made
        if name == "paused":
            launch.pause(alert, by=mina)
        elif name == "stopped":
            launch.stop(alert, by=mina, reason=f"The wrong lots {NASTY}")
            _age(made)
        elif name == "over":
            _end(made)
        town.facts[f"ids of {name}"] = [pk for ids in taken.values() for pk in ids]
    town.links["acknowledge"] = links.sign(town.facts["ids of running"][0], purpose="acknowledge")
    compose.compose("recall", by=mina, mode="real", part="all_clear",
                    follows=Alert.objects.get(pk=town.alerts["running"].pk))  # fmt: skip


def _end(made: Dispatch) -> None:
    """Nothing waits any more."""
    Dispatch.objects.filter(pk=made.pk).update(
        state=Dispatch.State.COMPLETE, completed_at=datetime.now(UTC)
    )
    stages.end_of_the_over()


def _age(made: Dispatch) -> None:
    """It ended so long ago that it is due to be erased."""
    Dispatch.objects.filter(pk=made.pk).update(
        state=Dispatch.State.COMPLETE, completed_at=datetime.now(UTC) - timedelta(days=500)
    )


def _files(town: Town) -> None:
    """A file in each state in which one can leave the page of an import."""
    good = (
        "reference,name,region,phone\nF-1,Åse Nordmann,NO,+4799999901\nF-2,بابک,DE,0171 3920099\n"
    )
    wrong = good + f"F-3,کسی,DE,call me\nF-4,{LONG},XX,+4917139200098\n"
    for name, text, steps in (
        ("mapping", good, 0), ("checking", good, 1), ("checked", good, 2), ("wrong", wrong, 2),
        ("applied", good, 3),
    ):  # fmt: skip
        pk = uploads.keep(BytesIO(text.encode()), by="ingrid.dahl", file_name=f"مشتریان {name}.csv")
        if steps > 0:
            _named(pk)
        if steps > 1:
            tasks.read(pk)
        if steps > 2:
            uploads.apply(pk, by="ingrid.dahl")
            tasks.read(pk)
        town.uploads[name] = pk


def _named(pk: int) -> None:
    found = {column.heading: column.field for column in _look(pk)}
    uploads.check(pk, by="ingrid.dahl", mapping=found)


def _look(pk: int) -> Iterable[uploads.Column]:
    for one in uploads.find(pk, by="ingrid.dahl").look:
        yield uploads.Column(one["heading"], one["field"], tuple(one["samples"]))


def _ways_in(town: Town) -> None:
    """Invitations, links, keys, passkeys and codes."""
    sofie, leila, vera = (town.users[name] for name in ("sofie", "leila", "vera"))
    lina = roster.add("lina.farahani", by=sofie, name="لینا فراهانی", language="fa")
    town.links["invitation"] = keys.invite(lina, by=sofie).text
    town.links["entry"] = keys.link(vera, by=sofie, lasts=WALK).text
    town.facts["key"] = keys.make(leila, note=f"nightly export {LONG[:100]}").key.prefix
    TOTP.activate(leila, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    RecoveryCodes.activate(leila)
    town.facts["passkey"] = Authenticator.objects.create(
        user=leila, type=Authenticator.Type.WEBAUTHN, data={"name": f"Phone {NASTY}"}
    ).pk


def session(user: User, *, old: bool = False) -> str:
    """The key of a session of somebody who has just (or long ago) proved who they are."""
    client = Client()
    client.force_login(user)
    held = client.session
    at = time.time() - (660 if old else 0)
    held["account_authentication_methods"] = [{"method": "password", "at": at}]
    held["account_authentication_methods_user"] = str(user.pk)
    held.save()
    return str(held.session_key)
