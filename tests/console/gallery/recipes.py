"""How each page of the console is reached: by whom, under which address, and what it needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from contacts.models import Address
from tests.console.conftest import PASSWORD
from tests.console.gallery.town import KEY, Town

NOT_A_PAGE = {
    "sign-in-passkey": "answers a script, in JSON",
    "sign-in-second-passkey": "answers a script, in JSON",
    "enter-passkey": "answers a script, in JSON",
    "account-prove-passkey": "answers a script, in JSON",
    "sign-out": "a deed: POST, then the sign-in page",
    "language": "a deed: POST, then the page it came from",
    "home-live": "the living part of home",
    "live": "the living part of a dispatch",
    "alerts-count": "the living part of the audience's page",
    "people-import-state": "the living part of an import's page",
    "people-fresh-count": "a deed: POST, then the page of freshness",
    "words-check": "the living part of the desk",
    "alerts-resume": "leads on to the first step that is not done",
    "words-next": "leads on to the next text that waits",
    "alerts-submit": "a deed: POST, then the alert's page",
    "alert-approve": "a deed: POST, then the alert's page",
    "dispatch-pause": "a deed: POST, then the dispatch's page",
    "dispatch-resume": "a deed: POST, then the dispatch's page",
    "dispatch-follow": "a deed: POST, then the new alert's page",
    "people-import-apply": "a deed: POST, then the import's page",
    "people-import-again": "a deed: POST, then the import's page",
    "people-import-drop": "a deed: POST, then the list of imports",
    "people-confirm": "a deed: POST, then the person's page",
    "words-accept": "a deed: POST, then the next text",
    "words-review": "a deed: POST, then the text's page",
    "operator-link": "a deed: POST; its answer is the page hand-over, walked as an extra",
    "people-import-rejected": "a file",
    "people-held": "a file",
    "file": "a file",
    "report-pdf": "a file",
    "journal-file": "a file",
    "words-export": "a file",
}
"""Addresses without a page of their own -> why."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One look at one page."""

    name: str
    view: str
    """The URL's name; a page may be looked at in several states."""
    path: str
    who: str = ""
    """'' is nobody."""
    old: bool = False
    """Whether the person's last proof is too old for what hurts."""
    then: Callable[[Any], object] | None = None
    """What is done on the page before it is looked at."""


PAPER = 718
"""Pixels across A4 between margins of 10 mm, at 96 to the inch."""


def fold_out(page: Any) -> None:
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('main details').forEach(fold => fold.open = true)")


def on_paper(page: Any) -> None:
    """As it is printed, from a telephone too: paper is as wide as paper, whatever asked for it."""
    page.set_viewport_size({"width": PAPER, "height": 900})
    page.emulate_media(media="print")


def at_of(town: Town, name: str) -> str:
    """The address of a dispatch."""
    return f"/dispatches/{town.sent[name].pk}/"


def shots(town: Town) -> list[Shot]:
    """Every look, in the order of the console's areas."""
    return [
        *account(town), *home_and_alerts(town), *dispatches(town),
        *people(town), *words(town), *operators(town), *mishaps(town),
    ]  # fmt: skip


def account(town: Town) -> Iterator[Shot]:
    """Coming in, and one's own account."""

    def typed(page: Any, **fields: str) -> None:
        for name, text in fields.items():
            page.fill(f"main input[name={name}]", text)
        page.click("main form:not(.passkey) button[type=submit]")

    def first_step(page: Any) -> None:
        typed(page, name="leila.haddad", password=PASSWORD)

    yield Shot("sign-in", "sign-in", "/sign-in/")
    yield Shot("sign-in-wrong", "sign-in", "/sign-in/",
               then=lambda page: typed(page, name="nobody", password="wrong"))  # fmt: skip
    yield Shot("second-step", "sign-in-second", "/sign-in/", then=first_step)
    yield Shot("enter-link", "enter", f"/enter/{town.links['entry']}/")
    yield Shot("enter-invitation", "enter", f"/enter/{town.links['invitation']}/",
               then=lambda page: typed(page, password="short", again="other"))  # fmt: skip
    yield Shot("enter-gone", "enter", "/enter/dk_00000000_x/")
    for name, path, who in (
        ("account", "/account/", "leila"), ("account-bare", "/account/", "vera"),
        ("account-myself", "/account/myself/", "leila"),
        ("account-password", "/account/password/", "leila"),
        ("account-passkey-add", "/account/passkeys/add/", "leila"),
        ("account-passkey-remove", f"/account/passkeys/{town.facts['passkey']}/remove/", "leila"),
        ("account-app-add", "/account/app/add/", "mina"),
        ("account-app-remove", "/account/app/remove/", "leila"),
        ("account-codes", "/account/codes/", "leila"),
        ("account-devices-end", "/account/devices/end/", "leila"),
        ("account-device-end", "/account/devices/1/end/", "leila"),
        ("account-key-make", "/account/keys/make/", "leila"),
        ("account-key-revoke", f"/account/keys/{town.facts['key']}/revoke/", "leila"),
    ):  # fmt: skip
        yield Shot(name, name.removesuffix("-bare"), path, who)
    yield Shot("account-key-made", "account-key-make", "/account/keys/make/", "ana",
               then=lambda page: typed(page, note="nightly export"))  # fmt: skip
    yield Shot("account-prove", "account-prove", "/account/password/", "leila", old=True)


def home_and_alerts(town: Town) -> Iterator[Shot]:
    """Home, the list, the five steps, deciding, the launch."""
    number = {name: alert.pk for name, alert in town.alerts.items()}
    for who in ("mina", "kenji", "omid", "vera", "sofie"):
        yield Shot(f"home-{who}", "home", "/", who)
    for shelf in ("open", "waiting", "left", "done"):
        yield Shot(f"alerts-{shelf}", "alerts", f"/alerts/?show={shelf}", "mina")
    yield Shot("alerts-empty", "alerts", "/alerts/", "ana")
    yield Shot("alerts-new", "alerts-new", "/alerts/new/", "mina")
    for step in ("facts", "audience", "words", "how", "check"):
        whole = "" if step == "facts" else "?whole=1"
        for state in ("draft", "told", "pending"):
            path = f"/alerts/{number[state]}/{step}/{whole}"
            yield Shot(f"{step}-{state}", f"alerts-{step}", path, "mina", then=fold_out)
    told = number["told"]
    yield Shot(
        "audience-text", "alerts-audience", f"/alerts/{told}/audience/?as=text&whole=1", "mina"
    )
    for channel, language in (("sms", "fa"), ("email", "de"), ("push", "ja")):
        path = f"/alerts/{told}/words/consumer/{channel}/{language}/"
        yield Shot(f"cell-{channel}", "alerts-cell", path, "mina")
    yield Shot("alerts-cancel", "alerts-cancel", f"/alerts/{told}/cancel/", "mina")
    yield Shot("alerts-reopen", "alerts-reopen", f"/alerts/{number['pending']}/reopen/", "mina")
    for state, held in number.items():
        yield Shot(f"alert-{state}", "alert", f"/alerts/{held}/", "mina")
    yield Shot("alert-asked", "alert", f"/alerts/{number['changed']}/", "kenji", then=fold_out)
    for act in ("return", "reject", "break-glass"):
        path = f"/alerts/{number['changed']}/{act}"
        yield Shot(f"alert-{act}", f"alert-{act}", path, "leila")
    yield Shot("alert-review", "alert-review", f"/alerts/{number['broken']}/review", "kenji")
    for state in ("approved", "ready", "draft"):
        yield Shot(f"launch-{state}", "alert-launch", f"/alerts/{number[state]}/launch", "mina")


def dispatches(town: Town) -> Iterator[Shot]:
    """What was sent: live, report, who is silent, one person."""
    yield Shot("dispatches", "dispatches", "/dispatches/", "kenji")
    yield Shot("languages", "dispatches", "/dispatches/", "kenji",
               then=lambda page: page.click("#languages-summary"))  # fmt: skip
    yield Shot("dispatches-empty", "dispatches", "/dispatches/", "sofie")
    for name in town.sent:
        at = at_of(town, name)
        yield Shot(f"dispatch-{name}", "dispatch", at, "mina", then=fold_out)
        yield Shot(f"report-{name}", "report", f"{at}report/", "kenji", then=fold_out)
        yield Shot(f"unanswered-{name}", "dispatch-unanswered", f"{at}unanswered", "mina")
    at = at_of(town, "running")
    yield Shot("print-report", "report", f"{at_of(town, 'over')}report/", "kenji", then=on_paper)
    yield Shot("print-live", "dispatch", at_of(town, "over"), "mina", then=on_paper)
    yield Shot("dispatch-reader", "dispatch", at, "kenji")
    yield Shot("unanswered-reader", "dispatch-unanswered", f"{at}unanswered", "kenji")
    yield Shot("dispatch-stop", "dispatch-stop", f"{at}stop", "mina")
    yield Shot("dispatch-remind", "dispatch-remind", f"{at}remind", "mina")
    for place in (0, 3, 10):
        path = f"{at}people/{town.people[place].pk}"
        yield Shot(f"dispatch-person-{place}", "dispatch-person", path, "mina")


def people(town: Town) -> Iterator[Shot]:
    """The registry."""
    person = f"/people/{town.people[0].pk}/"
    long = f"/people/{town.people[3].pk}/"
    address = Address.objects.filter(contact=town.people[0]).values_list("pk", flat=True)[0]
    for name, view, path in (
        ("people", "people", "/people/?role=customer"), ("people-bare", "people", "/people/"),
        ("people-nobody", "people", "/people/?q=zzz"),
        ("person", "people-person", person), ("person-long", "people-person", long),
        ("correct", "people-correct", f"{person}correct"),
        ("correct-long", "people-correct", f"{long}correct"),
        ("forget", "people-forget", f"{person}forget"),
        *((f"address-{act}", "people-address", f"{person}address/{address}/{act}")
          for act in ("opt-out", "opt-in", "revive", "dead")),
        ("imports", "people-imports", "/people/import/"),
        *((f"import-{state}", "people-import", f"/people/import/{pk}/")
          for state, pk in town.uploads.items()),
        ("export", "people-export", "/people/export/"),
        ("fresh", "people-fresh", "/people/fresh/"),
        ("fresh-dead", "people-fresh", "/people/fresh/?lack=dead"),
        ("segments", "people-segments", "/people/segments/"),
        ("segment-new", "people-segment-new", "/people/segments/new"),
        ("segment", "people-segment", "/people/segments/eu-customers/"),
        ("segment-delete", "people-segment-delete", "/people/segments/eu-customers/delete"),
        ("lists", "people-lists", "/people/lists/"),
        ("list-erase", "people-list-erase", f"/people/lists/{town.facts['list']}/erase"),
    ):  # fmt: skip
        yield Shot(name, view, path, "ingrid")


def words(town: Town) -> Iterator[Shot]:
    """The shelf, the desk, and what stands behind them."""
    at = f"/words/text/{KEY}"
    versions = "/words/versions"
    for name, view, path, who in (
        ("words", "words", "/words/?drawer=recall", "omid"),
        ("words-other", "words", "/words/?drawer=breach", "sofie"),
        ("words-new", "words-new", "/words/new/", "mina"),
        ("words-trade", "words-trade", "/words/trade/", "omid"),
        ("words-glossary", "words-glossary", "/words/glossary/", "omid"),
        ("words-strike", "words-strike", "/words/glossary/remove/?term=recall&locale=fa", "omid"),
        ("words-scenarios", "words-scenarios", "/words/scenarios/", "mina"),
        ("words-engines", "words-engines", "/words/engines/", "sofie"),
        ("words-countries", "words-countries", "/words/countries/", "mina"),
        ("words-again", "words-again", f"{versions}/{town.facts['stale']}/again/", "elif"),
        ("words-return", "words-return", f"{versions}/{town.facts['accepted']}/return/", "omid"),
        ("words-draft", "words-draft", f"/words/text/{KEY}/draft/", "omid"),
        ("words-source", "words-source", f"{at}/sms/source/", "wanda"),
        ("desk-stale", "words-text", f"{at}/sms/fa/", "omid"),
        ("desk-review", "words-text", f"{at}/email/fa/", "elif"),
        ("desk-returned", "words-text", f"{at}/push/fa/", "omid"),
        ("desk-draft", "words-text", f"{at}/sms/tr/", "elif"),
        ("desk-source", "words-text", f"{at}/sms/en/", "wanda"),
        ("desk-reader", "words-text", f"{at}/email/ar/", "sofie"),
        ("desk-missing", "words-text", f"{at}/sms/nl/", "omid"),
    ):  # fmt: skip
        yield Shot(name, view, path, who)


def operators(town: Town) -> Iterator[Shot]:
    """Who may act."""
    pk = {name: user.pk for name, user in town.users.items()}
    for name, view, path in (
        ("operators", "operators", "/operators/"), ("operators-left", "operators", "/operators/?left=1"),
        ("operator", "operator", f"/operators/{pk['leila']}/"),
        ("operator-long", "operator", f"/operators/{pk['vera']}/"),
        ("operator-invite", "operator-invite", "/operators/invite/"),
        ("invitations", "invitations", "/operators/invitations/"),
        ("offices", "offices", "/operators/offices/"),
        ("operator-keys", "operator-keys", "/operators/keys/"),
        ("operator-key-revoke", "operator-key-revoke", f"/operators/keys/{town.facts['key']}/revoke/"),
        ("journal", "journal", "/operators/journal/"),
        ("carriers", "carriers", "/operators/carriers/"),
        ("carrier-try", "carrier-try", "/operators/carriers/drill/sandbox-twilio/"),
        ("keeping", "keeping", "/operators/kept/"),
        ("operator-grant", "operator-grant", f"/operators/{pk['omid']}/grant/"),
        ("operator-appoint", "operator-appoint", f"/operators/{pk['omid']}/appoint/"),
        ("operator-withdraw", "operator-withdraw", f"/operators/{pk['omid']}/withdraw/translator/001/"),
        ("operator-dismiss", "operator-dismiss", f"/operators/{pk['leila']}/dismiss/ceo/"),
        ("operator-leave", "operator-leave", f"/operators/{pk['omid']}/leave/"),
        ("operator-anew", "operator-anew", f"/operators/{pk['omid']}/anew/"),
    ):  # fmt: skip
        yield Shot(name, view, path, "sofie")
    yield Shot("hand-over", "operator", f"/operators/{pk['omid']}/", "sofie",
               then=lambda page: page.click("form[action$='/link/'] button"))  # fmt: skip


def mishaps(town: Town) -> Iterator[Shot]:
    """What is shown when something is not there, not theirs, or not possible; and a reader's page."""
    yield Shot("404", "", "/x", "mina")
    yield Shot("403", "", "/operators/", "mina")
    yield Shot("refused", "", f"/alerts/{town.alerts['cancelled'].pk}/cancel/", "mina",
               then=lambda page: (page.fill("textarea, input[name=reason]", "Once more"),
                                  page.click("main button.danger")))  # fmt: skip
    yield Shot("acknowledge", "", f"/a/{town.links['acknowledge']}")
    yield Shot("acknowledge-unknown", "", "/a/not-ours")
