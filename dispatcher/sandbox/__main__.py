"""`python -m dispatcher.sandbox`: the carriers on a loopback port until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import errno
import json
import logging
import signal
import sys
from pathlib import Path
from typing import Any

import uvloop

from dispatcher.sandbox.app import Sandbox, serve
from dispatcher.sandbox.config import TAKEN_KEPT, Config
from dispatcher.sandbox.faults import CARRIERS, Faults, Unreadable

STOPPED, WRONG, PORT_TAKEN = 0, 2, 3
"""Exit codes: stopped as asked, wrong arguments, the port is taken."""


def main(argv: list[str] | None = None) -> int:
    """Run until stopped; the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    told = _parser().parse_args(argv)
    try:
        config = _config(told)
    except (OSError, ValueError, Unreadable) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return WRONG
    try:
        uvloop.run(_serve(config))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        sys.stderr.write(
            f"sandbox: port {config.port} on {config.host} is taken. "
            "Stop what listens there, or choose another with --port (0 takes a free one).\n"
        )
        return PORT_TAKEN
    return STOPPED


async def _serve(config: Config) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    await serve(config, stop=stop, ready=_told)
    sys.stdout.write("The sandbox has stopped.\n")


def _told(sandbox: Sandbox) -> None:
    sys.stdout.write(f"The wall of phones is at {sandbox.url}/\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dispatcher.sandbox",
        description="Carriers that speak their own protocols, on loopback, and a wall of phones.",
        epilog="Exit codes: 0 stopped, 2 wrong arguments, 3 the port is taken.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8090, help="0 takes a free one")
    add(
        "--seed",
        type=int,
        default=1,
        help="accounts, keys, subscriptions and faults follow from it",
    )
    add("--state", type=Path, help="directory for the keys that are made once")
    add("--events-url", default="", help="where SendGrid's signed events are posted")
    add("--receipts-to", action="append", default=[], metavar="HOST",
        help="receipts may go to this host beside loopback; repeatable")  # fmt: skip
    add("--receipts-via", default="", metavar="URL",
        help="send every receipt to this http://host:port, whatever host it names")  # fmt: skip
    add("--connections", type=int, default=32, help="receipts in flight to one host")
    add(
        "--keep", type=int, default=TAKEN_KEPT, help="messages kept for the wall and /sandbox/taken"
    )
    add("--faults", default="", metavar="JSON", help="as POST /sandbox/faults takes it")
    add("--fault", action="append", default=[], metavar="CARRIER.NAME=VALUE",
        help=f"for example twilio.throttled=0.1; carriers: {', '.join(CARRIERS)}, all")  # fmt: skip
    return parser


def _config(told: argparse.Namespace) -> Config:
    return Config(
        host=told.host,
        port=told.port,
        seed=told.seed,
        events_url=told.events_url,
        receipts_via=told.receipts_via,
        receipts_to=tuple(told.receipts_to),
        connections=told.connections,
        keep=told.keep,
        faults=_faults(told.faults, told.fault, seed=told.seed),
    )


def _faults(whole: str, single: list[str], *, seed: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(whole) if whole else {}
    for each in single:
        name, is_told, value = each.partition("=")
        carrier, dot, fault = name.partition(".")
        if not is_told or not dot:
            raise Unreadable(f"--fault {each}: CARRIER.NAME=VALUE is expected")
        found.setdefault(carrier, {})[fault] = json.loads(value)
    Faults(seed).tell(found)
    return found


if __name__ == "__main__":
    sys.exit(main())
