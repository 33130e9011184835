"""Which pages ask again who one is, and which must never: stopping waits for nobody's proof."""

import pytest
from django.urls import reverse

from contacts.importing import make_list
from contacts.models import AdHocList, Contact
from dispatcher.operators import keys
from dispatcher.operators.models import Key
from dispatcher.operators.roles import Role
from tests.console.account.test_fresh import stale
from tests.console.people.conftest import cast, keeper
from tests.console.test_doors import console

__all__ = ["cast", "keeper"]

ASKED = frozenset(
    {
        *("account-password", "account-passkey-add", "account-passkey-remove", "account-app-add"),
        *("account-app-remove", "account-codes", "account-key-make"),
        *("alert-launch", "alert-break-glass", "dispatch-resume", "dispatch-remind"),
        *("people-export", "people-held", "people-forget", "people-list-erase", "journal-file"),
        *("operator-invite", "operator-grant", "operator-appoint", "operator-anew"),
        *("operator-link", "operator-withdraw", "operator-dismiss", "operator-leave"),
        "carrier-try",
    }
)
"""Launch and what undoes a stop, what takes people's records out or away, and who may act."""
NEVER = frozenset(
    {
        *("dispatch-pause", "dispatch-stop", "dispatch-follow", "alert-return", "alert-reject"),
        *("account-key-revoke", "account-devices-end", "account-device-end", "sign-out"),
    }
)
"""What makes less happen, and what shuts one's own doors: it may be needed this second."""


def test_the_table_is_the_programs():
    """A page that begins or ceases to ask is put here on purpose."""
    found = {str(one.name) for one in console() if getattr(one.callback, "fresh", False)}
    assert found == ASKED
    assert {str(one.name) for one in console()} >= NEVER


def test_an_old_proof_does_not_let_a_dispatch_go_on(story, kenji, signed_in):
    """Resuming asks; pausing and stopping do not."""
    made = story().dispatch
    client = stale(signed_in(kenji))
    held = f"/dispatches/{made.pk}/"
    assert client.post(f"{held}pause").url == held
    assert "/account/prove/" in client.post(f"{held}resume").url
    made.refresh_from_db()
    assert made.paused_at is not None
    assert client.post(f"{held}stop", {"reason": ""}).url == held
    made.refresh_from_db()
    assert made.stopped_at is not None


def test_nobody_is_erased_by_who_found_a_screen(cast, keeper, signed_in):
    """Neither a person nor a list goes with an old proof; looking at the page asks, too."""
    client, ana = stale(signed_in(keeper)), cast["ana"]
    lent = make_list("Affected")
    for there, told in (
        (f"/people/{ana}/forget", {"word": "forget"}),
        (f"/people/lists/{lent}/erase", {}),
    ):
        assert "/account/prove/" in client.get(there).url
        assert "/account/prove/" in client.post(there, told).url
    assert Contact.objects.filter(pk=ana, forgotten_at=None).exists()
    assert AdHocList.objects.filter(pk=lent, erased_at=None).exists()


@pytest.mark.parametrize("whose", ["own", "others"])
def test_ones_own_key_is_revoked_at_once(sofie, operator, signed_in, whose: str):
    """A key in the wrong hands goes now; somebody else's after a proof."""
    other = operator("petra.admin", "001", role=Role.ADMIN)
    shown = keys.make(sofie if whose == "own" else other)
    client = stale(signed_in(sofie))
    answer = client.post(reverse("console:operator-key-revoke", args=[shown.key.prefix]))
    gone = Key.objects.get(pk=shown.key.pk).revoked_at is not None
    assert (gone, "/account/prove/" in answer.url) == (whose == "own", whose == "others")


def test_an_engine_is_stopped_without_a_proof_and_allowed_with_one(sofie, signed_in):
    """What lets texts out of the house asks; what keeps them in does not."""
    client, address = stale(signed_in(sofie)), reverse("console:words-engines")
    told = {"engine": "memory", "scenario": "recall"}
    assert "/account/prove/" in client.post(address, told | {"allow": "1"}).url
    assert "/account/prove/" not in client.post(address, told | {"stop": "1"}).headers.get(
        "Location", ""
    )
