"""The sandbox's own doors, which no carrier has: faults, what was taken, accounts, health."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from dispatcher.sandbox.contents import content
from dispatcher.sandbox.faults import Faults, Unreadable
from dispatcher.sandbox.forms import fields
from dispatcher.sandbox.memory import Memory, Taken, stamp
from dispatcher.sandbox.post import Post
from dispatcher.sandbox.server import Reply, Request

MOST = 10_000  # rows of /sandbox/taken in one answer


@dataclass(slots=True)
class Control:
    """Answers below /sandbox/."""

    memory: Memory
    faults: Faults
    post: Post
    credentials: Callable[[], dict[str, Any]]
    owed: Callable[[], int]
    """Receipts that are still to come, or still to be confirmed."""
    _doors: dict[tuple[str, str], Callable[[Request], Reply]] = field(init=False)

    def __post_init__(self) -> None:
        self._doors = {
            ("GET", "/sandbox/health"): lambda _request: _json({"status": "ok"}),
            ("GET", "/sandbox/accounts"): lambda _request: _json(self.credentials()),
            ("GET", "/sandbox/counts"): lambda _request: _json(self._counts()),
            ("GET", "/sandbox/faults"): lambda _request: _json(self.faults.told()),
            ("POST", "/sandbox/faults"): self._tell,
            ("DELETE", "/sandbox/faults"): self._calm,
            ("POST", "/sandbox/clock"): self._pass,
            ("GET", "/sandbox/taken"): self._taken,
            ("DELETE", "/sandbox/taken"): self._forget,
        }

    def __call__(self, request: Request) -> Reply:
        """Answer one request."""
        door = self._doors.get((request.method, request.path))
        if door is not None:
            return door(request)
        known = any(path == request.path for _, path in self._doors)
        return _json(
            {"error": "method not allowed" if known else "no such door"}, 405 if known else 404
        )

    def _counts(self) -> dict[str, Any]:
        return {
            "last": self.memory.last,
            "held": len(self.memory.taken),
            "carriers": {name: dict(counts) for name, counts in self.memory.counts.items()},
            "receipts": {**self.post.counts, "waiting": self.post.waiting(), "owed": self.owed()},
        }

    def _tell(self, request: Request) -> Reply:
        if not request.header("content-type").startswith("application/json"):
            # A page on another site can post a form to loopback, but not JSON.
            return _json({"error": "Content-Type: application/json is expected"}, 415)
        try:
            told = json.loads(request.body)
            if not isinstance(told, dict):
                return _json({"error": "an object is expected"}, 400)
            self.faults.tell(told)
        except (ValueError, Unreadable) as error:
            return _json({"error": str(error)}, 400)
        return _json(self.faults.told())

    def _calm(self, _request: Request) -> Reply:
        self.faults.forget()
        return _json(self.faults.told())

    def _pass(self, request: Request) -> Reply:
        """{"seconds": s}: the carriers' clock moves on; what they took before keeps its times."""
        try:
            told = json.loads(request.body)
            seconds = float(told["seconds"])
        except (ValueError, TypeError, KeyError):
            return _json({"error": '{"seconds": number} is expected'}, 400)
        self.memory.ahead += seconds
        return _json({"ahead": self.memory.ahead})

    def _taken(self, request: Request) -> Reply:
        asked = fields(request.query)
        after, most = asked.get("after", "0"), asked.get("most", "1000")
        if not (after.isdecimal() and most.isdecimal()):
            return _json({"error": "after and most are whole numbers"}, 400)
        rows = self.memory.after(
            int(after), carrier=asked.get("carrier", ""), most=min(int(most), MOST)
        )
        taken = [row(each) for each in rows]
        return _json(
            self._counts() | {"next": rows[-1].number if rows else int(after), "taken": taken}
        )

    def _forget(self, _request: Request) -> Reply:
        self.memory.forget()
        self.post.counts.clear()
        return _json(self._counts())


def row(taken: Taken) -> dict[str, Any]:
    """One accepted message in JSON's types."""
    seen = content(taken)  # first: only an opened push tells its delivery
    return {
        "number": taken.number,
        "at": stamp(taken.at),
        "carrier": taken.carrier,
        "channel": taken.channel,
        "id": taken.id,
        "to": taken.to,
        "delivery": taken.delivery,
        "status": taken.status,
        "word": taken.word,
        "code": taken.code,
        "fields": dict(taken.fields),
        "content": asdict(seen),
    }


def _json(body: object, status: int = 200) -> Reply:
    told = json.dumps(body, ensure_ascii=False, default=str).encode()
    return Reply(status, told, headers=(("Cache-Control", "no-store"),))
