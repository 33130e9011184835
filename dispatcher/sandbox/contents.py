"""What a person would see of a message: text, direction and language, whichever carrier took it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatcher.sandbox import tongues
from dispatcher.sandbox.memory import Taken
from dispatcher.sandbox.webpush import Sealed

_LANG = re.compile(r"<html\b[^>]*?\blang=[\"']?([A-Za-z0-9-]+)", re.IGNORECASE)
_DIR = re.compile(r"<(?:html|body)\b[^>]*?\bdir=[\"']?(rtl|ltr)", re.IGNORECASE)
_TAGS = re.compile(r"<(style|script)\b.*?</\1>|<[^>]+>", re.IGNORECASE | re.DOTALL)
_NAMES = {
    "title": ("title",),
    "text": ("body", "text", "message"),
    "link": ("link", "url", "navigate", "click_action"),
    "language": ("lang", "locale", "language"),
    "direction": ("dir", "direction"),
    "answer": ("acknowledge",),
    "button": ("button",),
}
"""What a notification's fields are called in the formats that are in use."""


@dataclass(frozen=True, slots=True)
class Content:
    """A message as its reader sees it."""

    sender: str
    title: str
    text: str
    html: str
    link: str
    language: str
    """BCP 47; carried by the message, or else guessed from its letters; may be empty."""
    direction: str
    readable: bool = True
    """False for a push that the browser's key does not open."""
    answer: str = ""
    """Where the notification's button leads."""
    button: str = ""
    """What stands on it."""


def content(taken: Taken) -> Content:
    """The message's content; worked out at the first look and kept."""
    if not isinstance(taken.content, Content):
        taken.content = READERS[taken.carrier](taken)
    return taken.content


def _sms(taken: Taken) -> Content:
    sender = taken.fields.get("From") or taken.fields.get("MessagingServiceSid", "")
    return _content(sender, text=taken.fields.get("Body", ""))


def _letter(taken: Taken) -> Content:
    letter = taken.shared
    filling = {str(tag): str(value) for tag, value in taken.fields.get("substitutions", {}).items()}
    parts = {part["type"]: _filled(part["value"], filling) for part in letter["content"]}
    html = parts.get("text/html", "")
    headers = {name.lower(): value for name, value in letter.get("headers", {}).items()}
    found = _LANG.search(html)
    way = _DIR.search(html)
    sender = letter["from"]
    return _content(
        f"{sender.get('name') or ''} <{sender['email']}>".strip(),
        title=_filled(taken.fields.get("subject") or letter.get("subject", ""), filling),
        text=parts.get("text/plain") or " ".join(_TAGS.sub(" ", html).split()),
        html=html,
        language=found[1] if found else headers.get("content-language", ""),
        direction=way[1].lower() if way else "",
    )


def _fcm(taken: Taken) -> Content:
    message = taken.fields
    web = message.get("webpush", {})
    sources = (
        message.get("notification", {}),
        message.get("android", {}).get("notification", {}),
        web.get("notification", {}),
        message.get("data", {}),
        web.get("fcm_options", {}),
        _apple(message.get("apns", {})),
    )
    return _content("", **_picked(sources))


def _apple(apns: Mapping[str, Any]) -> Mapping[str, Any]:
    alert = apns.get("payload", {}).get("aps", {}).get("alert", {})
    return alert if isinstance(alert, Mapping) else {"body": alert}


def _web(taken: Taken) -> Content:
    sealed: Sealed = taken.shared
    plain = sealed.opened()
    if plain is None:
        return Content("", "", "", "", "", "", "ltr", readable=False)
    text = plain.decode("utf-8", "replace")
    try:
        told = json.loads(text)
    except ValueError:
        return _content("", text=text)
    if not isinstance(told, dict):
        return _content("", text=text)
    taken.delivery = str(told.get("tag") or taken.delivery)
    inner = told.get("notification", {})
    sources = (told, inner if isinstance(inner, dict) else {})
    extras = (*(_extra(each) for each in sources), *(_action(each) for each in sources))
    return _content("", **_picked((*sources, *extras)))


def _extra(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `data` that a service worker keeps beside a notification."""
    data = told.get("data")
    return data if isinstance(data, Mapping) else {}


def _action(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first button that leads somewhere (Declarative Web Push: actions with `navigate`)."""
    actions = told.get("actions")
    for each in actions if isinstance(actions, list) else ():
        if isinstance(each, Mapping) and each.get("navigate"):
            return {"acknowledge": each["navigate"], "button": each.get("title", "")}
    return {}


def _picked(sources: tuple[Mapping[str, Any], ...]) -> dict[str, str]:
    """The first value for each of our names."""
    return {
        ours: next(
            (str(each[name]) for each in sources for name in names if each.get(name)),
            "",
        )
        for ours, names in _NAMES.items()
    }


def _content(
    sender: str,
    *,
    title: str = "",
    text: str = "",
    html: str = "",
    link: str = "",
    language: str = "",
    direction: str = "",
    answer: str = "",
    button: str = "",
) -> Content:
    seen = f"{title}\n{text}"
    language = language.replace("_", "-") or tongues.language(seen)
    direction = direction if direction in ("ltr", "rtl") else tongues.direction(seen)
    return Content(
        sender, title, text, html, link, language, direction, answer=answer, button=button
    )


def _filled(text: str, filling: Mapping[str, str]) -> str:
    for tag, value in filling.items():
        text = text.replace(tag, value)
    return text


READERS = {"twilio": _sms, "sendgrid": _letter, "fcm": _fcm, "webpush": _web}
