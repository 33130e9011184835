"""A loopback server that plays a script word for word: carriers and their bad days."""

import asyncio
import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

Step = bytes | float | str
"""Bytes to write, seconds to wait, "fin" or "rst" to hang up, "deaf" to do so before reading."""


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def answer(
    status: int, body: object = b"", *, headers: Mapping[str, str] | None = None
) -> list[Step]:
    """A whole answer; a body that is not bytes goes out as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    return [f"HTTP/1.1 {status} So\r\n{lines}Content-Length: {len(raw)}\r\n\r\n".encode() + raw]


@dataclass
class Twin:
    """`scripts` are played one per request, the last one for ever; `seen` is what came in."""

    scripts: Sequence[Sequence[Step]]
    secure: ssl.SSLContext | None = None
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0

    async def __aenter__(self) -> Self:
        self._tasks: set[asyncio.Task[None] | None] = set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self.secure)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http{'s' if self.secure else ''}://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for task in list(self._tasks):
            if task is not None:
                task.cancel()
        await asyncio.gather(*(t for t in self._tasks if t), return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            while await self._play(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _play(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if "deaf" in self.scripts[0]:
            return False
        self.seen.append(await _read(reader))
        for step in self.scripts[min(len(self.seen), len(self.scripts)) - 1]:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            elif isinstance(step, float):
                await asyncio.sleep(step)
            else:
                if step == "rst":
                    writer.transport.abort()
                return False
        return True


async def _read(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:]) if k}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(method, path, headers, body)
