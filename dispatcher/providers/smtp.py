"""SMTP: a second way for e-mail, through any mail server. It sends no receipts."""

import asyncio
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import ClassVar, Literal

from dispatcher.kit.wire import Wire
from dispatcher.ledger.facts import Outcome, Receipt
from dispatcher.providers.answers import NOT_CONNECTED, RECONNECT, account_refused
from dispatcher.providers.base import Email, Forged, Found, Knock, Parcel

TIMEOUT = 3.0
"""Seconds for each step of the conversation."""
WHOLE = 8.0
"""Seconds for all of it, below the lease of 10 s; what takes longer may still be sent: unsure."""
GREYLISTED = 60.0
"""Seconds before a 4xx is tried again; greylisting asks for about that."""
REFUSED, PERMANENT = 400, 500
"""Replies from 400 on mean not now, from 500 on not ever."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_TOKEN = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One mail server."""

    host: str
    sender: str
    sender_name: str = ""
    port: int = 587
    user: str = ""
    password: str = field(default="", repr=False)
    security: Literal["starttls", "tls", "none"] = "starttls"


class Smtp:
    """Letters one by one, each in a conversation of its own."""

    name: ClassVar[str] = "smtp"
    channel: ClassVar[str] = "email"
    most: ClassVar[int] = 1
    repeatable: ClassVar[bool] = False
    settles: ClassVar[timedelta] = timedelta(seconds=30)

    def __init__(self, account: Account) -> None:
        self._account = account

    async def send(self, parcels: Sequence[Parcel], *, wire: Wire) -> Sequence[Outcome]:
        """One letter, in a thread; the wire speaks HTTP and is not used."""
        del wire
        (parcel,) = parcels
        if not isinstance(parcel.content, Email):
            raise TypeError(parcel.content)
        if not _ADDRESS.fullmatch(parcel.to):
            return [Outcome.refused("invalid_address", dead=True)]
        try:
            letter = self._letter(parcel, parcel.content)
        except (ValueError, MessageError):  # a line break would begin the next header
            return [Outcome.refused("bad_header")]
        talk = asyncio.to_thread(self._talk, parcel.to, letter)
        try:
            return [await asyncio.wait_for(talk, WHOLE)]
        except TimeoutError:
            return [Outcome.unsure("timeout")]

    async def find(self, parcel: Parcel, *, since: datetime, wire: Wire) -> Found:
        """Cannot: a mail server keeps no list for us, and sends no receipts."""
        del parcel, since, wire
        return Found.cannot("no_list")

    def verify(self, knock: Knock) -> None:
        """This carrier knocks at no door of ours."""
        del knock
        raise Forged(self.name)

    def read_receipts(self, knock: Knock) -> list[Receipt]:
        """None."""
        del knock
        return []

    def _letter(self, parcel: Parcel, email: Email) -> EmailMessage:
        """Text and page as alternatives. Raises ValueError for a line break in a header."""
        account, slots = self._account, parcel.slots
        letter = EmailMessage(policy=POLICY)
        letter["From"] = Address(account.sender_name, addr_spec=account.sender)
        letter["To"] = Address(addr_spec=parcel.to)
        letter["Subject"] = _filled(email.subject, slots)
        domain = account.sender.rpartition("@")[2]
        letter["Message-ID"] = f"<{parcel.delivery_id}.{parcel.attempt}@{domain}>"
        letter["Content-Language"] = email.locale
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(_filled(email.text, slots))
        letter.add_alternative(_filled(email.html, slots), subtype="html")
        return letter

    def _talk(self, to: str, letter: EmailMessage) -> Outcome:
        """Until the letter's body leaves nothing was processed; after it nobody can tell."""
        try:
            server = self._greeted()
        except smtplib.SMTPAuthenticationError:
            return account_refused()
        except (smtplib.SMTPException, OSError):
            return Outcome.later(NOT_CONNECTED, seconds=RECONNECT)
        try:
            return self._offered(server, to) or _handed(server, letter)
        finally:
            # Its answer says nothing about the letter, and may be an error after a good one.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _greeted(self) -> smtplib.SMTP:
        account, context = self._account, ssl.create_default_context()
        server: smtplib.SMTP
        if account.security == "tls":
            server = smtplib.SMTP_SSL(account.host, account.port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(account.host, account.port, timeout=TIMEOUT)
        if account.security not in ("tls", "none"):  # in the clear only where that is asked for
            server.starttls(context=context)
        if account.user:
            server.login(account.user, account.password)
        server.ehlo_or_helo_if_needed()
        return server

    def _offered(self, server: smtplib.SMTP, to: str) -> Outcome | None:
        """None when sender and recipient are welcome."""
        try:
            code, _ = server.mail(self._account.sender)
            if code >= PERMANENT:
                return account_refused()
            code, told = server.rcpt(to)
        except (smtplib.SMTPException, OSError):
            return Outcome.later(NOT_CONNECTED, seconds=RECONNECT)
        # 5.1.x: the address is wrong; a 550 alone may also be a policy.
        return _no(code, dead=told.startswith(b"5.1.")) if code >= REFUSED else None


def _handed(server: smtplib.SMTP, letter: EmailMessage) -> Outcome:
    try:
        code, _ = server.data(letter.as_bytes())
    except smtplib.SMTPDataError as refused:
        return _no(refused.smtp_code)
    except (smtplib.SMTPException, OSError):  # smtplib tells a time-out as a disconnection
        return Outcome.unsure("cut")
    return _no(code) if code >= REFUSED else Outcome.taken(letter["Message-ID"])


def _no(code: int, *, dead: bool = False) -> Outcome:
    """The server's own refusal: 5xx for good, 4xx for now."""
    if code >= PERMANENT:
        return Outcome.refused(f"smtp_{code}", dead=dead)
    return Outcome.later(f"smtp_{code}", seconds=GREYLISTED)


def _filled(text: str, slots: Mapping[str, str]) -> str:
    """Every token replaced once; values are not read again."""
    return _TOKEN.sub(lambda token: slots.get(token[1], token[0]), text)
