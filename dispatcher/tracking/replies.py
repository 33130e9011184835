"""A verified reply by SMS is obeyed, written down, and answered in the reader's language.

Each message once, however often the carrier tells of it. STOP and START change the registry only
when the account is a real one: a drill's people are invented, but a number may be somebody's, and
an exercise must not silence them. OK acknowledges the newest message to that number within three
days. What is no key word, and each HELP, waits for a person to read it: in a crisis somebody who
writes HELP may mean it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from contacts import callers
from contacts.callers import Holder
from dispatcher.ledger import replies
from dispatcher.ledger.climb import climb
from dispatcher.ledger.facts import Receipt
from dispatcher.ledger.replies import Kept, Newest
from dispatcher.providers.inbound import Inbound
from dispatcher.providers.routing import Mode
from dispatcher.tracking.keywords import WORDS, Heard, Meaning, asked_for, hear
from dispatcher.wording.bidi import Direction, isolated

log = structlog.get_logger(__name__)

CHANNEL: Final = "sms"
STANDS: Final = timedelta(hours=72)
"""For so long an OK is about the message before it; later nobody knows what it means."""
MOST_TEXT: Final = 1600
"""Characters that are kept: what a carrier joins to one message at most."""
_TONGUES: Final = {tag.lower(): tag for tag in WORDS[Meaning.HELP] if tag}


def receive(inbound: Inbound, *, carrier: str, mode: Mode) -> str:
    """Obey and keep a verified message; the text to answer with, or ''.

    All or nothing, in one transaction: when it raises, the carrier's repeat finds nothing done. A
    repeated message changes nothing and gets the same answer, since the first one may be lost.
    """
    heard = hear(inbound.text)
    if inbound.told:
        heard = replace(heard, meaning=Meaning(inbound.told))
    held = callers.holders(CHANNEL, inbound.sender)
    newest = replies.newest_to([h.address_id for h in held], mode=mode, within=STANDS)
    with transaction.atomic():
        new = replies.keep(_kept(inbound, heard.meaning, held, newest, carrier=carrier, mode=mode))
        if new:
            _obey(inbound, heard.meaning, newest, mode=mode)
    log.info(
        "reply",
        carrier=carrier,
        message=inbound.id,
        mode=mode,
        meaning=heard.meaning.value,
        new=new,
        delivery=newest.delivery_id if newest else None,
    )
    if inbound.answered:
        return ""
    return answer(heard.meaning, language=_language(heard, held, newest))


def _kept(
    inbound: Inbound,
    meaning: Meaning,
    held: Sequence[Holder],
    newest: Newest | None,
    *,
    carrier: str,
    mode: Mode,
) -> Kept:
    answers = newest is not None and meaning == Meaning.ACKNOWLEDGED
    return Kept(
        carrier=carrier,
        carrier_id=inbound.id,
        mode=mode,
        meaning=meaning.value,
        text=inbound.text.replace("\0", "")[:MOST_TEXT],  # PostgreSQL takes no NUL in a text
        sender="" if held else inbound.sender,
        contact_id=newest.contact_id if newest else held[0].contact_id if held else None,
        answers=newest,
        settled=answers or meaning in {Meaning.STOP, Meaning.START},
    )


def _obey(inbound: Inbound, meaning: Meaning, newest: Newest | None, *, mode: Mode) -> None:
    if meaning == Meaning.ACKNOWLEDGED and newest is not None:
        key = f"{CHANNEL}:{inbound.id}"
        climb([Receipt(key, newest.delivery_id, 1, "reader", None, acknowledged=True)])
    if mode != "real":
        return
    if meaning == Meaning.STOP:
        callers.stop(CHANNEL, inbound.sender, source="sms:STOP")
    elif meaning == Meaning.START:
        callers.start(CHANNEL, inbound.sender, source="sms:START")


def _language(heard: Heard, held: Sequence[Holder], newest: Newest | None) -> str:
    """The word's own language, that of our last message, or what a holder of the number reads."""
    wished = (
        heard.language,
        newest.language if newest else "",
        *(language for holder in held for language in holder.languages),
    )
    for tag in filter(None, wished):
        try:
            return translation.get_supported_language_variant(tag.lower())
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def answer(meaning: Meaning, *, language: str) -> str:
    """What we write back in a language of the settings; '' where nothing needs saying.

    An OK is not answered: a thank-you to everybody would cost as much as the alert.
    """
    tongue = _TONGUES[language.lower()]
    with translation.override(language):
        way: Direction = "rtl" if translation.get_language_bidi() else "ltr"
        told = {
            "organisation": isolated(settings.ORGANISATION, way),
            "ok": asked_for(Meaning.ACKNOWLEDGED, tongue),
            "stop": asked_for(Meaning.STOP, tongue),
            "start": asked_for(Meaning.START, tongue),
        }
        sentences = _sentences(meaning)
        if meaning == Meaning.HELP and settings.CONTACT:
            told["contact"] = isolated(settings.CONTACT, way, ltr=True)
            sentences.append(_("Questions: %(contact)s"))
        return " ".join(sentence % told for sentence in sentences)


def _sentences(meaning: Meaning) -> list[str]:
    if meaning == Meaning.HELP:
        return [
            _("%(organisation)s: notices for your safety."),
            _("Answer %(ok)s when you have read one, %(stop)s to get no more."),
            _("In danger, call the emergency services."),
        ]
    if meaning == Meaning.STOP:
        return [
            _("%(organisation)s: you get no more text messages from us."),
            _("Answer %(start)s to get them again."),
        ]
    if meaning == Meaning.START:
        return [
            _("%(organisation)s: you get our text messages again."),
            _("Answer %(stop)s to get no more."),
        ]
    return []
