"""A sandbox for tests and demos: started in a thread, driven by plain functions."""

import asyncio
import json
import threading
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

import uvloop

from dispatcher.sandbox.app import Sandbox as Running
from dispatcher.sandbox.app import serve
from dispatcher.sandbox.config import Accounts, Config
from dispatcher.sandbox.subscriptions import subscription

STARTED_WITHIN = 10.0


class Sandbox:
    """`with Sandbox() as sandbox:` serves on a free loopback port until the block ends."""

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config(port=0)
        self._running: Future[Running] = Future()
        self._loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._running.result(STARTED_WITHIN)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STARTED_WITHIN)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:port`."""
        return self._running.result().url

    @property
    def accounts(self) -> Accounts:
        """The credentials that this sandbox knows."""
        return self.config.accounts

    def credentials(self) -> dict[str, Any]:
        """All accounts and keys that a dispatcher must be told, as /sandbox/accounts gives them."""
        return self.ask("GET", "/sandbox/accounts")

    def subscription(self, number: int) -> dict[str, Any]:
        """A browser's Web Push subscription at this sandbox."""
        return subscription(number, self.url, self.config.seed)

    def faults(self, **told: Any) -> dict[str, Any]:
        """Tell the carriers how to behave: `faults(twilio={"throttled": 0.2}, seed=7)`."""
        return self.ask("POST", "/sandbox/faults", told)

    def calm(self) -> None:
        """Everybody behaves again."""
        self.ask("DELETE", "/sandbox/faults")

    def taken(self, carrier: str = "", *, after: int = 0) -> list[dict[str, Any]]:
        """What was taken after that number, at most 10,000, oldest first."""
        found = self.ask("GET", f"/sandbox/taken?carrier={carrier}&after={after}&most=10000")
        rows: list[dict[str, Any]] = found["taken"]
        return rows

    def counts(self) -> dict[str, Any]:
        """Counts by carrier, and of receipts."""
        return self.ask("GET", "/sandbox/counts")

    def forget(self) -> None:
        """Empty the log and the counts."""
        self.ask("DELETE", "/sandbox/taken")

    def inside(self, look: Callable[[Running], Any]) -> Any:
        """The result of `look`, run between two requests on the sandbox's own loop."""

        async def on_loop() -> Any:
            return look(self._running.result())

        return asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result(STARTED_WITHIN)

    def ask(self, method: str, path: str, told: object = None) -> dict[str, Any]:
        """One request to the control doors; raises urllib's HTTPError on 4xx."""
        body = None if told is None else json.dumps(told).encode()
        request = urllib.request.Request(  # noqa: S310  # our own loopback address
            self.url + path, data=body, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # as above
            found: dict[str, Any] = json.load(answer)
        return found

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        try:
            await serve(self.config, stop=self._stop, ready=self._running.set_result)
        except OSError as error:
            if self._running.done():
                raise
            self._running.set_exception(error)
