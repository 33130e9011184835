"""Twilio Messages: what its webhook for messages to us says, and the TwiML that answers it.

Sources: twilio.com/docs/messaging/guides/webhook-request, docs/messaging/twiml,
docs/messaging/tutorials/advanced-opt-out.
"""

from typing import Final
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from dispatcher.providers.base import Knock
from dispatcher.providers.inbound import Ear, Inbound

OBEYED: Final = frozenset({
    "STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL",
    "START", "UNSTOP", "YES",
})  # fmt: skip
"""What a long code obeys and confirms by itself, unless support has switched that off. Its own
answer to HELP names nobody, so that ours is still needed."""

READINGS: Final = {"STOP": "stop", "START": "start", "HELP": "help"}
"""OptOutType, sent where Advanced Opt-Out is on; then the carrier has answered, too."""


def read(knock: Knock) -> Inbound | None:
    """One message; its text is all that anybody with a phone likes to write."""
    fields = parse_qs(knock.body.decode("utf-8", "replace"))
    sid, sender, to, text, reading = (
        fields.get(name, [""])[0] for name in ("MessageSid", "From", "To", "Body", "OptOutType")
    )
    if not sid or not sender or "MessageStatus" in fields:  # a receipt that was pointed here
        return None
    told = READINGS.get(reading.upper(), "")
    obeyed = text.strip().upper() in OBEYED
    return Inbound(sid, sender, to, text, told=told, answered=bool(told) or obeyed)


def answer(text: str) -> bytes:
    """TwiML that sends one text back, or none."""
    message = f"<Message>{escape(text)}</Message>" if text else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'.encode()


EAR: Final = Ear(read, answer, "text/xml; charset=utf-8")
