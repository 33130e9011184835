"""`python -m dispatcher.sandbox`: the carriers on a loopback port until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import errno
import gc
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
from dispatcher.sandbox.keys import kept_service_key

STOPPED, WRONG, PORT_TAKEN = 0, 2, 3
"""Exit codes: stopped as asked, wrong arguments, the port is taken."""

OPTIONS: dict[str, dict[str, Any]] = {
    "host": {"default": "127.0.0.1"},
    "port": {"default": 8090, "type": int, "help": "0 takes a free one"},
    "public-url": {"default": "", "help": "how clients reach it, where that is another address"},
    "seed": {"default": 1, "type": int, "help": "accounts, keys and faults follow from it"},
    "state": {"type": Path, "help": "directory for the key that is made once"},
    "events-url": {"default": "", "help": "where SendGrid's signed events are posted"},
    "inbound-url": {
        "default": "",
        "help": "where answers by SMS are posted; else beside the receipts of the last message",
    },
    "receipts-to": {
        "action": "append",
        "default": [],
        "metavar": "HOST",
        "help": "receipts may go to this host beside loopback; repeatable",
    },
    "receipts-via": {
        "default": "",
        "metavar": "URL",
        "help": "send every receipt to this http://host:port, whatever host it names",
    },
    "connections": {"default": 32, "type": int, "help": "receipts in flight to one host"},
    "keep": {"default": TAKEN_KEPT, "type": int, "help": "messages that are kept"},
    "journal": {"type": Path, "help": "append a line for each message that was taken"},
    "faults": {"default": "", "metavar": "JSON", "help": "as POST /sandbox/faults takes it"},
    "fault": {
        "action": "append",
        "default": [],
        "metavar": "CARRIER.NAME=VALUE",
        "help": f"for example twilio.throttled=0.1; carriers: {', '.join(CARRIERS)}, all",
    },
}


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
        # Many small objects live long here: collecting them all took a third of the time.
        gc.set_threshold(100_000, 50, 100)
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
    for name, told in OPTIONS.items():
        parser.add_argument(f"--{name}", **told)
    return parser


def _config(told: argparse.Namespace) -> Config:
    return Config(
        host=told.host,
        port=told.port,
        seed=told.seed,
        events_url=told.events_url,
        inbound_url=told.inbound_url,
        receipts_via=told.receipts_via,
        receipts_to=tuple(told.receipts_to),
        connections=told.connections,
        keep=told.keep,
        journal=told.journal,
        fcm_key=kept_service_key(told.state) if told.state else "",
        public_url=told.public_url,
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
