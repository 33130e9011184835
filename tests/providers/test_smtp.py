"""SMTP: before the letter's body leaves nothing was sent, after it nobody can tell."""

import asyncio
import email
import email.policy
from collections.abc import Mapping
from dataclasses import replace

import pytest

from dispatcher.kit.wire import Pool
from dispatcher.ledger.facts import Outcome
from dispatcher.providers.base import Parcel
from dispatcher.providers.smtp import Account, Smtp
from tests.providers import accounts

GOOD = {
    "": b"220 mail.example.org",
    "EHLO": b"250 mail.example.org",
    "MAIL": b"250 ok",
    "RCPT": b"250 ok",
    "DATA": b"354 go on",
    ".": b"250 queued",
    "QUIT": b"221 bye",
}
PARCEL = accounts.letter()
LATER = Outcome.later("not_connected", seconds=2)


class Server:
    """Answers each command from a table; an empty answer hangs up."""

    def __init__(self, table: Mapping[str, bytes]) -> None:
        self.table = {**GOOD, **table}
        self.letters: list[bytes] = []
        self.commands: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = ""
        while told := self.table.get(command, b"502 no"):
            writer.write(told + b"\r\n")
            if command == "QUIT":
                break
            if command == "DATA" and told.startswith(b"354"):
                self.letters.append((await reader.readuntil(b"\r\n.\r\n"))[:-3])
                command = "."
                continue
            line = (await reader.readline()).decode().strip()
            if not line:
                break
            self.commands.append(line)
            command = line.partition(" ")[0].upper()
        writer.close()


def sent(
    table: Mapping[str, bytes], parcel: Parcel = PARCEL, **changed: str
) -> tuple[Outcome, Server]:
    async def once() -> tuple[Outcome, Server]:
        served = Server(table)
        server = await asyncio.start_server(served, "127.0.0.1", 0)
        told = {
            "sender": "alerts@example.org",
            "sender_name": "Global Foods",
            "security": "none",
            **changed,
        }
        async with server, Pool() as wire:
            port = server.sockets[0].getsockname()[1]
            carrier = Smtp(Account(host="127.0.0.1", port=port, **told))  # type: ignore[arg-type]
            (outcome,) = await carrier.send([parcel], wire=wire)
            return outcome, served

    return asyncio.run(once())


TAKEN = Outcome.taken("<7168.1@example.org>")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({}, TAKEN),
        ({"QUIT": b""}, TAKEN),
        ({"QUIT": b"500 nonsense"}, TAKEN),
        ({"": b""}, LATER),
        ({"": b"554 not now"}, LATER),
        ({"EHLO": b""}, LATER),
        ({"MAIL": b""}, LATER),
        ({"RCPT": b""}, LATER),
        ({"MAIL": b"550 who are you"}, Outcome.later("account", seconds=60)),
        ({"RCPT": b"450 greylisted"}, Outcome.later("smtp_450", seconds=60)),
        ({"RCPT": b"550 5.1.1 no such mailbox"}, Outcome.refused("smtp_550", dead=True)),
        ({"RCPT": b"550 5.7.1 policy"}, Outcome.refused("smtp_550")),
        ({"DATA": b"554 no"}, Outcome.refused("smtp_554")),
        ({".": b"452 disk full"}, Outcome.later("smtp_452", seconds=60)),
        ({".": b"554 spam"}, Outcome.refused("smtp_554")),
        ({".": b""}, Outcome.unsure("cut")),
    ],
)  # fmt: skip
def test_each_answer_comes_to_one_outcome(table, expected):
    assert sent(table)[0] == expected


def test_starttls_is_not_skipped_when_the_server_has_none():
    """A letter never leaves in the clear because somebody cut the offer out."""
    for security in ("starttls", "a typing error"):
        outcome, server = sent({}, security=security)
        assert outcome == LATER
        assert not server.letters


def test_the_letter_has_text_and_page_filled_once():
    slots = {"recipient": "{{recipient_html}}", "recipient_html": "Zoë &lt;b&gt;"}
    tricky = PARCEL._replace(slots=slots)
    _, server = sent({}, tricky)
    letter = email.message_from_bytes(server.letters[0], policy=email.policy.default)
    text, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert page is not None
    assert text.get_content().strip() == "Dear {{recipient_html}}"
    assert page.get_content().strip() == "<p>Dear Zoë &lt;b&gt;</p>"
    assert letter["From"] == "Global Foods <alerts@example.org>"
    assert letter["To"] == "reader0@example.com"
    assert "List-Unsubscribe" not in letter


@pytest.mark.parametrize(
    "to",
    ["a@example.com\r\nBcc: b@example.com", "a@example.com\n", "a b@example.com", "a@b@example.com", "<a@example.com>",
     "", "a@", "é@example.com", "a@example.com>\r\nRCPT TO:<b@example.com"],
)  # fmt: skip
def test_an_address_cannot_carry_a_second_line(to):
    outcome, server = sent({}, PARCEL._replace(to=to))
    assert outcome == Outcome.refused("invalid_address", dead=True)
    assert not server.commands


@pytest.mark.parametrize("name", ["x\r\nBcc: b@example.com", "x\nSubject: y"])
def test_a_name_cannot_carry_a_second_header(name):
    outcome, server = sent({}, PARCEL._replace(slots={"recipient": name, "recipient_html": name}))
    assert outcome == Outcome.refused("bad_header")
    assert not server.commands


def test_a_line_of_one_dot_does_not_end_the_letter():
    dotted = PARCEL._replace(content=replace(accounts.LETTER, text="a\n.\nb"))
    _, server = sent({}, dotted)
    assert len(server.letters) == 1
    assert sent({}, dotted)[0] == TAKEN
