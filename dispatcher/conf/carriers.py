"""The carriers' accounts, from the environment: real ones apart from those of the sandbox.

The shape is `providers.routing`'s: mode -> account's name -> its settings. An account whose key is
not set does not exist; drills go to the sandbox alone.
"""

import json
from dataclasses import asdict
from typing import Any

from dispatcher.conf.environment import Environment
from dispatcher.sandbox.config import Accounts

Named = dict[str, dict[str, Any]]


def carriers(env: Environment) -> dict[str, Named]:
    """The setting CARRIERS."""
    return {"drill": _drill(env), "real": _real(env)}


def pace(env: Environment, accounts: dict[str, Named]) -> dict[str, int]:
    """The setting PACE: account's name -> messages a second, over all workers."""
    return {
        name: env.drill_rate if mode == "drill" else getattr(env, f"{told['carrier']}_rate")
        for mode, named in accounts.items()
        for name, told in named.items()
    }


def _hook(env: Environment, name: str) -> str:
    return f"{env.public_url.rstrip('/')}/hooks/{name}"


def _real(env: Environment) -> Named:
    """In order of preference; only what is configured."""
    found: Named = {}
    if env.twilio_account_sid:
        found["twilio"] = {
            "carrier": "twilio",
            "account_sid": env.twilio_account_sid,
            "auth_token": env.twilio_auth_token.get_secret_value(),
            "sender": env.twilio_sender,
            "callback": _hook(env, "twilio"),
            "base_url": env.twilio_url,
        }
    if key := env.sendgrid_api_key.get_secret_value():
        found["sendgrid"] = {
            "carrier": "sendgrid",
            "api_key": key,
            "sender": env.sendgrid_sender,
            "sender_name": env.organisation,
            "webhook_key": env.sendgrid_webhook_key,
            "base_url": env.sendgrid_url,
        }
    return found


def _drill(env: Environment) -> Named:
    """The sandbox's accounts: those that it told (DRILL_ACCOUNTS), else those of its first seed."""
    told: dict[str, Any] = asdict(Accounts.of(1))
    if env.drill_accounts and env.drill_accounts.exists():
        told |= json.loads(env.drill_accounts.read_text(encoding="utf-8"))
    return {
        "sandbox-twilio": {
            "carrier": "twilio",
            "account_sid": told["twilio_sid"],
            "auth_token": told["twilio_token"],
            "sender": "+12025550100",
            "callback": _hook(env, "twilio"),
            "base_url": env.sandbox_url,
        },
        "sandbox-sendgrid": {
            "carrier": "sendgrid",
            "api_key": told["sendgrid_key"],
            "sender": "alerts@example.com",
            "sender_name": env.organisation,
            "webhook_key": told.get("sendgrid_webhook_key", ""),
            "base_url": env.sandbox_url,
        },
    }
