"""Who works here, from the command line."""

import stat

import pytest

from dispatcher.operators.models import JournalEntry, User
from tests.cli.conftest import run


@pytest.mark.django_db
def test_the_first_operator_needs_no_key_and_the_second_does():
    """The first becomes admin with a key; without one nobody else is added."""
    first = run("operators", "add", "sofie.lind", "--name", "Sofie Lind")
    assert first.code == 0
    assert first.out.startswith("dk_")
    assert "shown only now" in first.err
    second = run("operators", "add", "mina.rahimi")
    assert second.code == 3
    assert "key" in second.err
    assert User.objects.count() == 1


def test_an_invitation_becomes_a_key(sofie, at):
    """The admin hands over an invitation; the key is only ever seen by its owner."""
    made = at(sofie)(
        "operators", "add", "mina.rahimi", "--name", "مینا رحیمی",
        "--role", "author", "--region", "EU", "--json",
    )  # fmt: skip
    assert made.code == 0
    invitation = made.json["invitation"]
    assert run("operators", "list", key=invitation).code == 3
    key = run("operators", "key", "--invitation", invitation, "--json").json["key"]
    people = run("operators", "list", "--json", key=key).json
    assert people[0]["roles"] == [{"role": "author", "region": "EU", "languages": []}]
    assert run("operators", "key", "--invitation", invitation).code == 3


@pytest.mark.usefixtures("mina")
def test_who_is_there_already_gets_more_roles(sofie, at):
    """No second person of the same name, no new invitation."""
    said = at(sofie)("operators", "add", "mina.rahimi", "--role", "viewer", "--region", "br")
    assert said.code == 0
    assert "viewer: BR" in said.out
    assert "dk_" not in said.out


def test_a_wrong_role_leaves_nobody_behind(sofie, at):
    """All or nothing."""
    said = at(sofie)("operators", "add", "ana.souza", "--role", "queen", "--json")
    assert (said.code, said.refusal["code"]) == (1, "operators.unknown_role")
    assert not User.objects.filter(username="ana.souza").exists()


def test_an_office_makes_an_approver(sofie, at):
    """Sitting in an office without the right to approve would be of no use."""
    at(sofie)("operators", "add", "kenji.watanabe", "--office", "ceo", "--deputy")
    people = at(sofie)("operators", "list", "--json").json
    kenji = next(p for p in people if p["username"] == "kenji.watanabe")
    assert kenji["roles"] == [{"role": "approver", "region": "001", "languages": []}]
    assert kenji["offices"] == [{"office": "ceo", "deputy": True}]


@pytest.mark.usefixtures("ana")
def test_only_an_admin_adds_and_removes(mina, at):
    """Exit code 3, and nothing happens."""
    for words in (
        ("operators", "add", "x"),
        ("operators", "remove", "ana.souza"),
        ("operators", "invite", "ana.souza"),
    ):
        assert at(mina)(*words).code == 3
    assert User.objects.get(username="ana.souza").is_active


def test_who_leaves_has_no_key_any_more(sofie, mina, at):
    """The key of somebody who left is as good as any invented one."""
    terminal = at(mina)
    assert at(sofie)("operators", "remove", "mina.rahimi").code == 0
    assert terminal("operators", "list").code == 3


def test_keys_are_listed_made_saved_and_revoked(mina, at, tmp_path):
    """A saved key is readable by its owner alone and is found without being named."""
    path = tmp_path / "mine" / "key"
    terminal = at(mina)
    made = terminal("operators", "key", "--new", "--save", DISPATCHER_KEY_FILE=str(path))
    assert made.code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run("operators", "list", DISPATCHER_KEY_FILE=str(path)).code == 0
    prefix = path.read_text().split("_")[1]
    assert prefix in terminal("operators", "key").out
    assert terminal("operators", "key", "--revoke", prefix).code == 0
    assert run("operators", "list", DISPATCHER_KEY_FILE=str(path)).code == 3


@pytest.mark.usefixtures("ana")
def test_a_key_on_the_line_beats_the_environment(mina, at):
    """The nearest word counts."""
    said = at(mina)("operators", "list", "--key", "dk_00000000_wrong")
    assert said.code == 3


def test_a_password_is_ones_own(mina, at):
    """Typed twice, never shown, weak ones refused."""
    terminal = at(mina)
    assert (
        terminal("operators", "password", typed="long-and-strange-7\nlong-and-strange-7\n").code
        == 0
    )
    mina.refresh_from_db()
    assert mina.check_password("long-and-strange-7")
    assert JournalEntry.objects.filter(what="operators.password_set").exists()


def test_a_link_signs_in_once(sofie, mina, at, client):
    """The terminal prints where to go; the second who goes there is told that it is gone."""
    link = at(sofie)("operators", "link", mina.username, "--json").json["link"]
    path = link[link.index("/enter/") :]
    assert client.post(path).status_code == 302
    assert client.get("/account/").status_code == 200
    assert client.post(path).status_code == 410


@pytest.mark.usefixtures("sofie")
def test_nobody_but_an_admin_makes_links_for_others(mina, ana, at):
    """One's own may be made by oneself."""
    assert at(mina)("operators", "link", mina.username).code == 0
    said = at(mina)("operators", "link", ana.username, "--json")
    assert (said.code, said.refusal["code"]) == (3, "operators.not_allowed")
    assert not ana.keys.filter(purpose="entry").exists()
