"""Is it there? Each service that the program needs, asked once, with the remedy when it is not."""

import os
import shutil
import subprocess
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error as DatabaseFault
from django.utils.translation import gettext
from redis import Redis
from redis.exceptions import RedisError

from contacts import kept
from dispatcher.alerts import scenarios
from dispatcher.cli import vitals
from dispatcher.cli.finding import Check, broker_place, database_place
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


def everything() -> Iterator[Check]:
    """All checks, those first on which the others stand."""
    store, bell = database(), broker()
    yield store
    if store.ok:
        yield from (role(), tables(), people(), wordings(), reach())
    yield bell
    yield from vitals.everything()
    yield from carriers()
    yield secret()
    yield fonts()


def database() -> Check:
    """PostgreSQL 15 or newer answers."""
    version, why = 0, ""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('server_version_num')::int")
            version = int(cursor.fetchone()[0])
    except DatabaseFault as fault:
        why = type(fault.__cause__ or fault).__name__
    old = 0 < version < OLDEST
    return Check(
        "database",
        gettext("Database"),
        not why and not old,
        why or f"PostgreSQL {version // 10_000}.{version % 10_000}",
        remedy=gettext("PostgreSQL 15 or newer is needed.")
        if old
        else gettext("Start it with ./dispatch up, or set DATABASE_URL."),
        away=bool(why),
        where=database_place(),
        means=gettext(
            "It is the only truth: without it nothing is written, launched or sent. What was "
            "launched goes on by itself when it is back."
        ),
    )


def role() -> Check:
    """The program's own role rules its database, and not the server."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user, rolsuper from pg_roles where rolname = current_user")
        name, mighty = cursor.fetchone()
    found = gettext("%(name)s is a superuser") if mighty else "%(name)s"
    return Check(
        "database.role",
        gettext("Database role"),
        not mighty,
        found % {"name": name},
        remedy=gettext(
            "Let the program use a role that owns its database and nothing else; "
            "docs/containers.md tells how to move there."
        ),
        where=database_place(),
        means=gettext(
            "Whoever gets at the program's password, or finds a hole in it, reads every database "
            "of the server, and files and programs of its host as well."
        ),
    )


def tables() -> Check:
    """Every migration was run."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    found = (
        gettext("up to date") if not plan else gettext("%(n)s migrations to run") % {"n": len(plan)}
    )
    return Check(
        "database.tables",
        gettext("Tables"),
        not plan,
        found,
        remedy=gettext("./dispatch up runs them; in containers `migrate` does."),
        where=database_place(),
        means=gettext("The program and the tables are not of one release: commands may fail."),
    )


def people() -> Check:
    """Somebody works here."""
    try:
        number = User.objects.filter(is_active=True).count()
    except DatabaseFault:
        number = 0
    return Check(
        "operators",
        gettext("Operators"),
        bool(number),
        str(number),
        remedy=gettext("dispatcher operators add NAME makes the first one."),
        where=database_place(),
        means=gettext("Nobody can write, approve or launch an alert."),
    )


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
    return Check(
        "wordings",
        gettext("Wordings"),
        bool(languages),
        " ".join(languages) or "-",
        remedy=gettext("dispatcher wordings load reads the shipped ones."),
        where=database_place(),
        means=gettext("There are no words to send; an alert cannot be submitted."),
    )


def reach() -> Check:
    """What is kept of some people's reach is what would be derived."""
    why, there, wrong = "", 0, 0
    try:
        there, wrong = kept.sample()
    except DatabaseFault as fault:
        why = type(fault.__cause__ or fault).__name__
    found = gettext("%(wrong)s of %(people)s people looked at differ from what is so")
    return Check(
        "reach",
        gettext("Kept reach"),
        not why and not wrong,
        why or found % {"wrong": wrong, "people": there},
        remedy=gettext(
            "dispatcher contacts prove-reach looks at everybody, and with --yes makes it anew. "
            "Then find out what wrote past the program: a restore of single tables, or somebody's "
            "own SQL."
        ),
        where=database_place(),
        means=gettext(
            "A launch reads how each person may be reached instead of deriving it. Who differs may "
            "be left out, or chosen and then held back by the check at the last moment."
        ),
    )


def broker() -> Check:
    """Redis or Valkey answers within a second."""
    redis = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    why = version = ""
    try:
        version = str(redis.info("server").get("redis_version", "?"))
    except (RedisError, OSError) as error:
        why = type(error).__name__
    finally:
        redis.close()
    return Check(
        "broker",
        gettext("Broker"),
        not why,
        why or version,
        remedy=gettext(
            "Start it with ./dispatch up, or set REDIS_URL. Launches are kept meanwhile."
        ),
        away=bool(why),
        where=broker_place(),
        means=gettext(
            "Nobody is rung for, and no pace is granted: nothing leaves until it is back. Nothing "
            "is lost either; workers, breakers and lag cannot be seen meanwhile."
        ),
    )


def carriers() -> Iterator[Check]:
    """Accounts for drills and for the real thing, by channel."""
    for mode in routing.MODES:
        names, wrong = [], ""
        try:
            for name, carrier in routing.accounts(mode=mode).items():
                names.append(f"{name} ({carrier})")
        except Refused as refused:
            wrong = sentence(refused)
        drill = mode == "drill"
        yield Check(
            f"carriers.{mode}",
            gettext("Carriers, drills") if drill else gettext("Carriers, real"),
            bool(names) and not wrong,
            ", ".join(names) or "-",
            remedy=wrong
            or gettext("Set TWILIO_…, SENDGRID_… and their like; see docs/settings.md."),
            where=gettext("the environment of this very command; workers have their own"),
            means=gettext("A drill cannot be submitted.")
            if drill
            else gettext(
                "Nobody can be told in earnest. For drills alone that is as it should be."
            ),
        )


def secret() -> Check:
    """What signs sessions and links is the same in every process."""
    told = any(os.environ.get(name) for name in ("SECRET_KEY", "SECRET_KEY_FILE"))
    ok = bool(told or settings.RUNNING)
    return Check(
        "secret_key",
        gettext("Secret key"),
        ok,
        gettext("set") if ok else gettext("made up anew by each process"),
        remedy=gettext("Set SECRET_KEY or SECRET_KEY_FILE to a long random text."),
        where="SECRET_KEY",
        means=gettext("Sign-ins end with the process, and links in people's hands do not open."),
    )


def fonts() -> Check:
    """This machine can draw the scripts; only its own browser and pictures need it."""
    program = shutil.which("fc-list")
    missing = [script for tag, script in SCRIPTS.items() if program and not _drawn(program, tag)]
    if program is None:
        found = gettext("cannot be asked here (no fontconfig)")
    elif missing:
        found = gettext("missing: %(scripts)s") % {"scripts": ", ".join(missing)}
    else:
        found = gettext("all scripts")
    return Check(
        "fonts",
        gettext("Fonts"),
        not missing,
        found,
        remedy=gettext("Install fonts-noto and fonts-noto-cjk."),
        where=gettext("this machine"),
        means=gettext("Pictures that are made here show boxes; messages are not touched by it."),
    )


def _drawn(program: str, tag: str) -> bool:
    asked = subprocess.run(  # noqa: S603  # our own words, no shell
        [program, f":lang={tag}", "family"], capture_output=True, timeout=10, check=False
    )
    return bool(asked.stdout.strip())
