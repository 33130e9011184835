"""Is it there? Each service that the program needs, asked once, with the remedy when it is not."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error as DatabaseFault
from django.utils.translation import gettext
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from dispatcher.alerts import scenarios
from dispatcher.kit import queues
from dispatcher.kit.errors import Refused, sentence
from dispatcher.operators.models import User
from dispatcher.providers import routing
from dispatcher.wording import library

SCRIPTS = {
    "fa": "Arabic",
    "hi": "Devanagari",
    "ja": "Japanese",
    "zh-cn": "Chinese",
    "ru": "Cyrillic",
}
"""A language of each script that pictures and pages need a font for."""
OLDEST = 150_000
"""PostgreSQL 15, as its server_version_num says it."""
PATIENCE = 2.0
"""Seconds that the workers have for an answer."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: what, how it is, and what to do about it."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    away: bool = False
    """A service without which nothing works is not reachable."""


def everything() -> Iterator[Check]:
    """All checks, those first on which the others stand."""
    store, bell = database(), broker()
    yield store
    if store.ok:
        yield from (tables(), people(), wordings())
    yield bell
    yield from (workers() if bell.ok else _unasked())
    yield from carriers()
    yield secret()
    yield fonts()


def database() -> Check:
    """PostgreSQL 15 or newer answers."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version_num')::int")
            version = int(cursor.fetchone()[0])
    except DatabaseFault as fault:
        told = settings.DATABASES["default"]
        where = f"{told['HOST']}:{told['PORT']}/{told['NAME']}"
        remedy = gettext("Start it with ./dispatch up, or set DATABASE_URL.")
        why = type(fault.__cause__ or fault).__name__
        return Check(gettext("Database"), False, f"{where}: {why}", remedy, away=True)
    old = version < OLDEST
    remedy = gettext("PostgreSQL 15 or newer is needed.") if old else ""
    return Check(
        gettext("Database"), not old, f"PostgreSQL {version // 10_000}.{version % 10_000}", remedy
    )


def tables() -> Check:
    """Every migration was run."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    found = (
        gettext("up to date") if not plan else gettext("%(n)s migrations to run") % {"n": len(plan)}
    )
    remedy = gettext("./dispatch up runs them.") if plan else ""
    return Check(gettext("Tables"), not plan, found, remedy)


def people() -> Check:
    """Somebody works here."""
    try:
        number = User.objects.filter(is_active=True).count()
    except DatabaseFault:
        number = 0
    remedy = "" if number else gettext("dispatcher operators add NAME makes the first one.")
    return Check(gettext("Operators"), bool(number), str(number), remedy)


def wordings() -> Check:
    """The shipped texts are in the database."""
    keys = [
        scenario.wording_key("first", group.name)
        for scenario in map(scenarios.load, scenarios.names())
        for group in scenario.groups
    ]
    try:
        shelf = library.available(keys, channel="sms")
    except DatabaseFault:
        shelf = {}
    languages = sorted({language for texts in shelf.values() for language in texts})
    remedy = "" if languages else gettext("dispatcher wordings load reads the shipped ones.")
    return Check(gettext("Wordings"), bool(languages), " ".join(languages) or "-", remedy)


def broker() -> Check:
    """Redis or Valkey answers within a second."""
    redis = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        version = redis.info("server").get("redis_version", "?")
    except (RedisError, OSError) as error:
        remedy = gettext(
            "Start it with ./dispatch up, or set REDIS_URL. Launches are kept meanwhile."
        )
        why = type(error).__name__
        return Check(gettext("Broker"), False, why, remedy, away=True)
    finally:
        redis.close()
    return Check(gettext("Broker"), True, f"{version}")


def workers() -> list[Check]:
    """Each lane has a worker that listens to it."""
    try:
        heard = current_app.control.inspect(timeout=PATIENCE).active_queues() or {}
    except (OperationalError, RedisError, OSError):
        heard = {}
    counts = dict.fromkeys(queues.LANES, 0)
    for listening in heard.values():
        for queue in listening:
            counts[queue["name"]] = counts.get(queue["name"], 0) + 1
    return [_lane(lane, counts[lane]) for lane in queues.LANES]


def carriers() -> Iterator[Check]:
    """Accounts for drills and for the real thing, by channel."""
    for mode in routing.MODES:
        names, wrong = [], ""
        try:
            for name, carrier in routing.accounts(mode=mode).items():
                names.append(f"{name} ({carrier})")
        except Refused as refused:
            wrong = sentence(refused)
        label = gettext("Carriers, drills") if mode == "drill" else gettext("Carriers, real")
        remedy = wrong or gettext("Set TWILIO_…, SENDGRID_… and their like; see docs/settings.md.")
        ok = bool(names) and not wrong
        yield Check(label, ok, ", ".join(names) or "-", "" if ok else remedy)


def secret() -> Check:
    """What signs sessions and links is the same in every process."""
    told = any(os.environ.get(name) for name in ("SECRET_KEY", "SECRET_KEY_FILE"))
    ok = bool(told or settings.RUNNING)
    remedy = "" if ok else gettext("Set SECRET_KEY or SECRET_KEY_FILE to a long random text.")
    found = gettext("set") if ok else gettext("made up anew by each process")
    return Check(gettext("Secret key"), ok, found, remedy)


def fonts() -> Check:
    """This machine can draw the scripts; only its own browser and pictures need it."""
    program = shutil.which("fc-list")
    if program is None:
        return Check(gettext("Fonts"), True, gettext("cannot be asked here (no fontconfig)"))
    missing = [script for tag, script in SCRIPTS.items() if not _drawn(program, tag)]
    remedy = gettext("Install fonts-noto and fonts-noto-cjk.") if missing else ""
    found = (
        gettext("missing: %(scripts)s") % {"scripts": ", ".join(missing)}
        if missing
        else (gettext("all scripts"))
    )
    return Check(gettext("Fonts"), not missing, found, remedy)


def _lane(lane: str, number: int) -> Check:
    remedy = (
        ""
        if number
        else gettext("./dispatch up starts one, or: celery worker -Q %(lane)s") % {"lane": lane}
    )
    return Check(gettext("Workers, %(lane)s") % {"lane": lane}, bool(number), str(number), remedy)


def _unasked() -> list[Check]:
    found = gettext("cannot be asked without the broker")
    return [Check(gettext("Workers"), False, found)]


def _drawn(program: str, tag: str) -> bool:
    asked = subprocess.run(  # noqa: S603  # our own words, no shell
        [program, f":lang={tag}", "family"], capture_output=True, timeout=10, check=False
    )
    return bool(asked.stdout.strip())
