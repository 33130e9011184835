"""The carriers' own diary: a line for each message that was taken, written before it is answered.

Tests that kill everything else compare our books with it. Lines are whole: one write each, and the
file survives the sandbox itself (not the machine: nothing is synced).
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from dispatcher.sandbox.memory import Taken

_ATTEMPT = re.compile(r"/\d+/(\d+)/?(?:\?.*)?$")


class Journal:
    """An append-only file of what was taken."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, taken: Taken) -> None:
        """Append one line of JSON: number, at (seconds since 1970), carrier, id, to, delivery."""
        line = {
            "number": taken.number,
            "at": round(taken.at, 4),
            "carrier": taken.carrier,
            "id": taken.id,
            "to": taken.to,
            "delivery": taken.delivery,
            "attempt": _attempt(taken.fields),
        }
        os.write(self._file, json.dumps(line, separators=(",", ":")).encode() + b"\n")


def _attempt(fields: Any) -> int:
    """The sender's attempt, where its carrier is told: in the callback or the custom arguments."""
    told = _ATTEMPT.search(str(fields.get("StatusCallback", "")))
    custom = fields.get("custom_args")
    if isinstance(custom, dict):
        told = re.fullmatch(r"(\d+)", str(custom.get("attempt", "")))
    return int(told[1]) if told else 0
