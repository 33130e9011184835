"""`./dispatch up`: a small installation on one host, kept running until Ctrl-C.

Exit codes: 0 stopped as asked, 1 something did not start, 2 wrong arguments, 6 one is running
already, 7 the port that was asked for is taken.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Annotated

import django
import typer
from django.utils.translation import gettext

from dispatcher.cli import up_sentences
from dispatcher.cli.installation import Addresses, Installation, Plan, running_at
from dispatcher.kit.errors import Refused, sentence
from dispatcher.kit.local import sentences

CODES = {"local.running": 6, "up.port_taken": 7}
SENTENCES = (up_sentences, sentences)  # imported for what they tell
TICK = 0.5  # seconds between two looks at the children


def steps() -> dict[str, str]:
    """What is said as each step begins."""
    return {
        "servers": gettext("Starting the database and the broker"),
        "sandbox": gettext("Starting the sandbox"),
        "schema": gettext("Bringing the database and the wordings up to date"),
        "web": gettext("Starting the web process"),
        "workers": gettext("Starting a worker for each lane"),
    }


def say(text: str) -> None:
    """One line to the person at the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def until_asked(tend: Callable[[], list[str]], *, stop: Callable[[], None]) -> None:
    """Look after the children until Ctrl-C or SIGTERM; a second one leaves without waiting."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        if asked:
            os._exit(1)  # the kernel ends the children with us
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask)
    while not asked:
        for name in tend():
            say(gettext("%(name)s had ended and was started again") % {"name": name})
        time.sleep(TICK)
    say(gettext("Stopping; nothing is lost"))
    stop()


def told(addresses: Addresses, home: Path) -> None:
    """Where to look."""
    say("")
    say(gettext("Running: %(url)s") % {"url": addresses.web})
    say(gettext("Receipts come to: %(url)s/hooks/") % {"url": addresses.hooks})
    if addresses.sandbox:
        say(gettext("Drills go to the wall of phones: %(url)s/") % {"url": addresses.sandbox})
    say(gettext("Data: %(home)s   Logs: %(home)s/logs") % {"home": home})
    say(gettext("Stop with Ctrl-C"))


def up(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(envvar="PORT", help="Default: 8000, or the next that is free.")
    ] = None,
    hooks_port: Annotated[
        int | None,
        typer.Option(envvar="HOOKS_PORT", help="For receipts: 8001, or the next that is free."),
    ] = None,
    home: Annotated[
        Path, typer.Option(envvar="DISPATCHER_HOME", help="Where the data are kept.")
    ] = Path(".dispatcher"),
    sandbox: Annotated[bool, typer.Option(help="Run the sandbox that drills go to.")] = True,
) -> None:
    """Run the small installation until Ctrl-C."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
    django.setup()
    texts = steps()
    plan = Plan(home=home, host=host, port=port, hooks_port=hooks_port, sandbox=sandbox)
    installation = Installation(plan, say=lambda step: say(texts[step]))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        addresses = installation.start()
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    except Refused as refusal:
        sys.stderr.write(f"{sentence(refusal)}\n")
        if refusal.code == "local.running" and (url := running_at(home)):
            sys.stderr.write(gettext("It is at %(url)s") % {"url": url} + "\n")
        raise typer.Exit(CODES.get(refusal.code, 1)) from None
    told(addresses, home)
    until_asked(installation.tend, stop=installation.stop)


if __name__ == "__main__":
    typer.run(up)
