"""Personal keys and invitations."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatcher.kit.errors import Refused
from dispatcher.operators import keys, roster
from dispatcher.operators.access import NotAllowed
from dispatcher.operators.models import Key


def test_a_key_opens_for_its_owner_only(mina, ana):
    """Each key is one person's."""
    assert keys.check(keys.make(mina).text) == mina
    assert keys.check(keys.make(ana).text) == ana


def test_the_secret_is_not_in_the_database(mina):
    """What is stored cannot be used as a key."""
    shown = keys.make(mina)
    row = Key.objects.values().get(pk=shown.key.pk)
    secret = shown.text.split("_", 2)[2]
    assert all(secret not in str(value) for value in row.values())
    with pytest.raises(NotAllowed):
        keys.check(f"dk_{row['prefix']}_{row['secret_hash']}")


WRONG = ["", "dk_", "dk__", "nonsense", "dk_00000000_x", "dk_\x00_x", "dk_é_é"]


@pytest.mark.usefixtures("mina")
@pytest.mark.parametrize("text", WRONG)
def test_nonsense_is_no_key(text):
    """Whatever is wrong with a key, the answer is the same."""
    with pytest.raises(NotAllowed) as refused:
        keys.check(text)
    assert refused.value.code == "operators.key_unknown"


def test_a_revoked_key_opens_nothing(mina):
    """Revoking works at once."""
    shown = keys.make(mina)
    keys.revoke(shown.key.prefix, by=mina)
    with pytest.raises(NotAllowed):
        keys.check(shown.text)


def test_nobody_revokes_anothers_key_without_the_right(mina, ana):
    """Ana cannot silence Mina."""
    shown = keys.make(mina)
    with pytest.raises(Refused) as refused:
        keys.revoke(shown.key.prefix, by=ana)
    assert refused.value.code == "operators.no_such_key"
    assert keys.check(shown.text) == mina


def test_the_key_of_who_left_opens_nothing(mina, sofie):
    """Switching an operator off voids the keys."""
    shown = keys.make(mina)
    roster.switch_off(mina, by=sofie)
    with pytest.raises(NotAllowed):
        keys.check(shown.text)


def test_last_use_is_kept(mina):
    """A key says when it was used last."""
    shown = keys.make(mina)
    keys.check(shown.text)
    shown.key.refresh_from_db()
    assert shown.key.last_used_at is not None


def test_an_invitation_makes_one_key(mina, sofie):
    """It opens nothing by itself, works once, and its key is Mina's."""
    invitation = keys.invite(mina, by=sofie)
    with pytest.raises(NotAllowed):
        keys.check(invitation.text)
    assert keys.check(keys.accept(invitation.text).text) == mina
    with pytest.raises(NotAllowed):
        keys.accept(invitation.text)


def test_a_new_invitation_voids_the_old_one(mina, sofie):
    """Only the last one works."""
    old = keys.invite(mina, by=sofie)
    keys.invite(mina, by=sofie)
    with pytest.raises(NotAllowed):
        keys.accept(old.text)


def test_an_invitation_expires(mina, sofie):
    """After its time it is worth nothing."""
    invitation = keys.invite(mina, by=sofie)
    Key.objects.filter(pk=invitation.key.pk).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )
    with pytest.raises(NotAllowed):
        keys.accept(invitation.text)
