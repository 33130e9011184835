"""The carriers that we know: name -> where its adapter and its account's form lie."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from dispatcher.providers.base import Provider


@dataclass(frozen=True, slots=True)
class Entry:
    """One carrier; the modules are imported when the first account of it is opened."""

    channel: str
    module: str
    adapter: str

    def open(self, settings: dict[str, Any]) -> Provider:
        """The adapter for one account. Raises TypeError when a setting is missing or unknown."""
        module = import_module(self.module)
        return cast("Provider", getattr(module, self.adapter)(module.Account(**settings)))


CARRIERS = {
    "twilio": Entry("sms", "dispatcher.providers.twilio", "Twilio"),
    "sendgrid": Entry("email", "dispatcher.providers.sendgrid", "SendGrid"),
    "smtp": Entry("email", "dispatcher.providers.smtp", "Smtp"),
    "fcm": Entry("push", "dispatcher.providers.fcm", "Fcm"),
    "webpush": Entry("push", "dispatcher.providers.webpush", "WebPush"),
}
"""A new carrier is one module and one line here."""
