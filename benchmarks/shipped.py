"""The vendors' SDKs as they are shipped, a message each: for `bench carriers` and the plain way.

An account is a mapping as in the setting CARRIERS. Each function takes one and gives what sends a
parcel and returns the carrier's id. Clients are loaded when they are made: nobody needs all four.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from dispatcher.providers.base import Email, Parcel, Push, Sms

if TYPE_CHECKING:
    from requests import Session

Account = Mapping[str, Any]
Send = Callable[[Parcel], str]


def sms(account: Account) -> Send:
    """The synchronous client of twilio, with its keep-alive."""
    from twilio.rest import Client

    client = Client(account["account_sid"], account["auth_token"])
    client.api.base_url = account["base_url"]

    def send(parcel: Parcel) -> str:
        return str(client.messages.create(**asked_of_twilio(account, parcel)).sid)

    return send


def asked_of_twilio(account: Account, parcel: Parcel) -> dict[str, object]:
    """The arguments of `create`."""
    assert isinstance(parcel.content, Sms)
    return {
        "to": parcel.to,
        "from_": account["sender"],
        "body": parcel.content.text,
        "status_callback": f"{account['callback']}/{parcel.delivery_id}/{parcel.attempt}",
        "validity_period": parcel.content.ttl,
    }


def email(account: Account) -> Send:
    """The client of sendgrid and its Mail, a request for each letter."""
    send = letters(account)
    return lambda parcel: send([parcel])


def letters(account: Account) -> Callable[[Sequence[Parcel]], str]:
    """The same for many who read one letter, each a personalisation of one request."""
    from sendgrid import SendGridAPIClient

    client = SendGridAPIClient(account["api_key"], host=account["base_url"])

    def send(parcels: Sequence[Parcel]) -> str:
        answer = client.send(_letter(parcels, sender=account["sender"]))
        assert answer.status_code == 202
        return str(answer.headers["X-Message-Id"])

    return send


def _letter(parcels: Sequence[Parcel], *, sender: str) -> Any:
    from sendgrid.helpers import mail

    email = parcels[0].content
    assert isinstance(email, Email)
    letter = mail.Mail(
        from_email=sender,
        subject=email.subject,
        plain_text_content=email.text,
        html_content=email.html,
    )
    for parcel in parcels:
        own = mail.Personalization()
        own.add_to(mail.To(parcel.to))
        own.add_custom_arg(mail.CustomArg("delivery_id", str(parcel.delivery_id)))
        own.add_custom_arg(mail.CustomArg("attempt", str(parcel.attempt)))
        for name, value in parcel.slots.items():
            own.add_substitution(mail.Substitution(f"{{{{{name}}}}}", value))
        letter.add_personalization(own)
    return letter


def fcm(account: Account) -> Send:
    """firebase-admin, one `send` each. Raises ImportError where it is not installed."""
    import firebase_admin  # type: ignore[import-not-found,unused-ignore]
    from firebase_admin import credentials, messaging

    url = account["base_url"]
    messaging._MessagingService.FCM_URL = url + "/v1/projects/{0}/messages:send"  # noqa: SLF001  # it has no setting
    key = credentials.Certificate(dict(account["service_account"]))
    app = firebase_admin.initialize_app(key, name=url)

    def send(parcel: Parcel) -> str:
        push = parcel.content
        assert isinstance(push, Push)
        note = messaging.Notification(push.title, push.body)
        android = messaging.AndroidConfig(collapse_key=push.tag, priority="high")
        message = messaging.Message(
            token=parcel.to, notification=note, data={"link": push.link}, android=android
        )
        return str(messaging.send(message, app=app))

    return send


def webpush(account: Account, *, session: "Session | None" = None) -> Send:
    """The function of pywebpush: it connects anew each time, unless it is lent a session."""
    from pywebpush import webpush as ask

    def send(parcel: Parcel) -> str:
        push = parcel.content
        assert isinstance(push, Push)
        told = json.dumps({"title": push.title, "body": push.body, "link": push.link})
        answer = ask(
            json.loads(parcel.to),
            told,
            vapid_private_key=account["private_key"],
            vapid_claims={"sub": account["subject"]},
            ttl=push.ttl,
            requests_session=session,
        )
        return str(answer.headers["Location"])

    return send


SENDERS: Mapping[str, Callable[[Account], Send]] = {
    "sms": sms,
    "email": email,
    "fcm": fcm,
    "webpush": webpush,
}
"""By what is measured, as in `stage.CARRIERS`."""
PACKAGES = {"sms": "twilio", "email": "sendgrid", "fcm": "firebase_admin", "webpush": "pywebpush"}


def missing(kind: str) -> str:
    """The package that the plain way of this kind lacks here, or nothing."""
    return "" if find_spec(PACKAGES[kind]) else PACKAGES[kind].replace("_", "-")
