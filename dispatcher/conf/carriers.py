"""The carriers' accounts, from the environment: real ones apart from those of the sandbox.

The shape is `providers.routing`'s: mode -> account's name -> its settings. An account whose key is
not set does not exist; drills go to the sandbox alone.
"""

import base64
import hashlib
import json
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr

from dispatcher.conf.environment import Environment
from dispatcher.sandbox.config import Accounts

Account = dict[str, Any]
Named = dict[str, Account]


def carriers(env: Environment) -> dict[str, Named]:
    """The setting CARRIERS."""
    return {"drill": _drill(env), "real": _real(env)}


def pace(env: Environment, accounts: dict[str, Named]) -> dict[str, int]:
    """The setting PACE: account's name -> messages a second, over all workers."""
    return {
        name: env.drill_pace if mode == "drill" else getattr(env, f"{told['carrier']}_pace")
        for mode, named in accounts.items()
        for name, told in named.items()
    }


def _hook(env: Environment, name: str) -> str:
    return f"{(env.hooks_url or env.public_url).rstrip('/')}/hooks/{name}"


def _key(secret: SecretStr) -> str:
    return secret.get_secret_value()


def _real(env: Environment) -> Named:
    """In order of preference; only what is configured."""
    known = {
        "twilio": (env.twilio_account_sid, _twilio),
        "sendgrid": (_key(env.sendgrid_api_key), _sendgrid),
        "smtp": (_key(env.smtp_url), _smtp),
        "fcm": (_key(env.fcm_service_account), _fcm),
        "webpush": (_key(env.vapid_private_key), _webpush),
    }
    return {name: {"carrier": name, **form(env)} for name, (key, form) in known.items() if key}


def _twilio(env: Environment) -> Account:
    return {
        "account_sid": env.twilio_account_sid,
        "auth_token": _key(env.twilio_auth_token),
        "sender": env.twilio_sender,
        "callback": _hook(env, "twilio"),
        "base_url": env.twilio_url,
    }


def _sendgrid(env: Environment) -> Account:
    return {
        "api_key": _key(env.sendgrid_api_key),
        "sender": env.sendgrid_sender,
        "sender_name": env.organisation,
        "webhook_key": env.sendgrid_webhook_key,
        "base_url": env.sendgrid_url,
    }


def _smtp(env: Environment) -> Account:
    """`smtp:` upgrades with STARTTLS, `smtps:` is TLS from the start, `?security=none` is plain."""
    url = urlsplit(_key(env.smtp_url))
    tls = url.scheme == "smtps"
    asked = parse_qs(url.query).get("security", ["tls" if tls else "starttls"])
    return {
        "host": url.hostname or "",
        "port": url.port or (465 if tls else 587),
        "user": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "security": asked[0],
        "sender": env.smtp_sender or env.sendgrid_sender,
        "sender_name": env.organisation,
    }


def _fcm(env: Environment) -> Account:
    return {
        "service_account": json.loads(_key(env.fcm_service_account)),
        "base_url": env.fcm_url,
    }


def _webpush(env: Environment) -> Account:
    return {"private_key": _key(env.vapid_private_key), "subject": env.vapid_subject}


def _drill(env: Environment) -> Named:
    """The sandbox's accounts: those that it told (DRILL_ACCOUNTS), else those of its first seed."""
    told: dict[str, Any] = asdict(Accounts.of(1))
    if env.drill_accounts and env.drill_accounts.exists():
        told |= json.loads(env.drill_accounts.read_text(encoding="utf-8"))
    common = {"base_url": env.sandbox_url}
    found: Named = {
        "sandbox-twilio": {
            "carrier": "twilio",
            "account_sid": told["twilio_sid"],
            "auth_token": told["twilio_token"],
            "sender": "+12025550100",  # reserved for fiction
            "callback": _hook(env, "twilio"),
            **common,
        },
        "sandbox-sendgrid": {
            "carrier": "sendgrid",
            "api_key": told["sendgrid_key"],
            "sender": "alerts@example.com",
            "sender_name": env.organisation,
            "webhook_key": told.get("sendgrid_event_key", ""),
            **common,
        },
        "sandbox-webpush": {
            "carrier": "webpush",
            "private_key": _drill_key(told["twilio_token"]),
            "subject": "mailto:drills@example.com",
            **common,
        },
    }
    if service_account := told.get("fcm_service_account"):
        found["sandbox-fcm"] = {"carrier": "fcm", "service_account": service_account, **common}
    return found


def _drill_key(seed: str) -> str:
    """A VAPID key that opens nothing but the sandbox: base64url of 32 bytes."""
    return base64.urlsafe_b64encode(hashlib.sha256(seed.encode()).digest()).rstrip(b"=").decode()
