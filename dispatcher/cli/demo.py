"""`./dispatch demo`: a whole mock recall on this machine, sent to the sandbox, fresh every time."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import django
import typer
from django.utils.translation import gettext as _

from dispatcher.cli import up
from dispatcher.cli.installation import Addresses, Installation, Plan, running_at
from dispatcher.kit.errors import Refused, sentence
from dispatcher.kit.local import home as ours


def fresh(home: Path) -> None:
    """Forget the last demo. Raises Refused("local.running") while one runs."""
    if ours.held(home):
        raise Refused("local.running", home=str(home), pid=ours.holder(home))
    elsewhere = home / "elsewhere"
    if elsewhere.is_symlink():
        shutil.rmtree(elsewhere.resolve(), ignore_errors=True)
    if home.exists():
        shutil.rmtree(home)


def play(installation: Installation, addresses: Addresses, *, people: int) -> int:
    """The story's exit code; it speaks for itself."""
    told = ("--people", str(people), "--web", addresses.web, "--sandbox", addresses.sandbox)
    command = (sys.executable, "-m", "dispatcher.cli.story", *told)
    with subprocess.Popen(command, env=installation.environ) as story:  # noqa: S603  # our own
        try:
            return story.wait()
        except KeyboardInterrupt:
            story.send_signal(signal.SIGINT)
            return story.wait()


def demo(
    *,
    people: Annotated[
        int, typer.Option(min=1, max=200_000, help="Invented people in the registry.")
    ] = 2_000,
    once: Annotated[bool, typer.Option("--once", help="End when the report is printed.")] = False,
    port: Annotated[int | None, typer.Option(help="Default: 8000, or the next free one.")] = None,
    home: Annotated[Path, typer.Option(help="Erased and made anew.")] = Path(".dispatcher/demo"),
) -> None:
    """Send a mock recall to invented people, over the carriers' own protocols, and look at it."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)  # a demo never touches a database of yours
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
    os.environ["DISPATCHER_HOME"] = str(home.absolute())
    django.setup()
    texts = up.steps()
    plan = Plan(home=home, port=port, durable=False)
    installation = Installation(plan, say=lambda step: up.say(texts[step]))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        fresh(home)
        addresses = installation.start()
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    except Refused as refusal:
        sys.stderr.write(f"{sentence(refusal)}\n")
        if refusal.code == "local.running" and (url := running_at(home)):
            sys.stderr.write(_("It is at %(url)s") % {"url": url} + "\n")
        raise typer.Exit(up.CODES.get(refusal.code, 1)) from None
    code = play(installation, addresses, people=people)
    if once or code:
        installation.stop()
        raise typer.Exit(code)
    up.say(_("Stop with Ctrl-C"))
    up.until_asked(installation.tend, stop=installation.stop)


if __name__ == "__main__":
    typer.run(demo)
