"""`python -m dispatcher.conf.first_start DIRECTORY`: random secrets for a new set of containers.

Runs before everything else in docker-compose.yml and does nothing when the secrets are there. The
directory is a volume that only our containers mount.
"""

import argparse
import json
import os
import secrets
import sys
from dataclasses import asdict
from pathlib import Path

from dispatcher.sandbox.config import Accounts
from dispatcher.sandbox.keys import event_public_key, kept_service_key, service_account

VALKEY = """\
bind * -::*
requirepass {password}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
dir /data
"""
SEED = 1  # of the sandbox: its accounts follow from it and open nothing else


def files(told: argparse.Namespace) -> dict[str, str]:
    """Name -> content of every secret, new at each call.

    `postgres_password` is the superuser's, which nothing of ours uses.
    """
    database, valkey = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    return {
        "postgres_password": secrets.token_urlsafe(32),
        "database_password": database,
        "database_url": f"postgresql://dispatcher:{database}@{told.database_host}:5432/dispatcher",
        "valkey.conf": VALKEY.format(password=valkey),
        "redis_url": f"redis://:{valkey}@{told.valkey_host}:6379/0",
        "secret_key": secrets.token_urlsafe(48),
        "metrics_token": secrets.token_urlsafe(24),
        "drill_accounts.json": json.dumps(_accounts(told.directory, told.sandbox_url)),
    }


def _accounts(directory: Path, url: str) -> dict[str, object]:
    """What the sandbox tells under /sandbox/accounts once it runs."""
    key = kept_service_key(directory / "sandbox")
    return {
        **asdict(Accounts.of(SEED)),
        "sendgrid_event_key": event_public_key(SEED),
        "fcm_service_account": service_account(url, key=key),
    }


def main() -> int:
    """Write what is missing; all or nothing, because an address holds a password."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--database-host", default="postgres")
    parser.add_argument("--valkey-host", default="valkey")
    parser.add_argument("--sandbox-url", default="http://sandbox:8090")
    told = parser.parse_args()
    done: Path = told.directory / "made"
    if done.exists():
        return 0
    for name, content in files(told).items():
        path = told.directory / name
        # Each container reads it under an account of its own; the volume is what is closed.
        path.write_text(f"{content}\n", encoding="utf-8")
        path.chmod(0o444)
    done.touch()
    os.sync()
    sys.stdout.write(f"Secrets were made in {told.directory}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
