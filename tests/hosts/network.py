"""Hosts out of network namespaces, each on a cable of its own; what listens here is reachable there.

The servers listen on loopback, as everywhere in tests: a small relay passes on what comes over a
cable, and lets go of a peer from whom nothing is heard, as a server would that stood there itself.
"""

import contextlib
import os
import selectors
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.faults.places import LOWEST, Ports

_IP = shutil.which("ip") or "/usr/sbin/ip"
_SILENCE_MS = 11_000
"""As the program asks of PostgreSQL (dispatcher.conf.settings)."""


def forbidden() -> str:
    """Why no host can be made here; empty when one can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not shutil.which("ip"):
        return "there is no `ip` (iproute2)"
    name = f"dsp{os.getpid():x}t"
    try:
        _ip("netns", "add", name)
        _ip("link", "add", f"{name}o", "type", "veth", "peer", "name", f"{name}i")
        _ip("link", "del", f"{name}o")
    except subprocess.CalledProcessError as error:
        return f"the machine forbids network namespaces: {error.stderr.decode().strip()}"
    finally:
        subprocess.run([_IP, "netns", "del", name], check=False, capture_output=True)
    return ""


@dataclass(frozen=True, slots=True)
class Host:
    """A namespace at the far end of a cable; `near` is our address on it."""

    name: str
    cable: str
    near: str

    def command(self, *words: str) -> tuple[str, ...]:
        """The command, run there."""
        return (_IP, "netns", "exec", self.name, *words)

    def cut(self) -> None:
        """Pull the cable: packets are swallowed, nobody is told."""
        _ip("link", "set", self.cable, "down")

    def mend(self) -> None:
        """Put it back."""
        _ip("link", "set", self.cable, "up")


@contextlib.contextmanager
def hosts(*, count: int, ports: Sequence[int]) -> Iterator[list[Host]]:
    """So many hosts, from which these ports of our loopback can be reached at `near`."""
    made: list[Host] = []
    relay = Relay()
    try:
        for number in range(count):
            made.append(_make(number))
            for port in ports:
                relay.listen(made[-1].near, port)
        yield made
    finally:
        relay.close()
        for host in made:
            subprocess.run([_IP, "link", "del", host.cable], check=False, capture_output=True)
            subprocess.run([_IP, "netns", "del", host.name], check=False, capture_output=True)


def _make(number: int) -> Host:
    """198.18.0.0/15 is for benchmarks of networks (RFC 2544): nobody's own.

    Which four addresses of it follows from a port that is ours alone on this machine.
    """
    name, ours = f"dsp{os.getpid():x}{number}", Ports.take() - LOWEST
    net = f"198.18.{ours // 64}."
    near, far = f"{net}{4 * (ours % 64) + 1}", f"{net}{4 * (ours % 64) + 2}"
    _ip("netns", "add", name)
    _ip("link", "add", f"{name}o", "type", "veth", "peer", "name", "up0", "netns", name)
    _ip("addr", "add", f"{near}/30", "dev", f"{name}o")
    _ip("link", "set", f"{name}o", "up")
    _ip("-n", name, "addr", "add", f"{far}/30", "dev", "up0")
    _ip("-n", name, "link", "set", "up0", "up")
    _ip("-n", name, "link", "set", "lo", "up")
    return Host(name, f"{name}o", near)


class Relay:
    """Passes bytes between cables and our loopback, in one thread."""

    def __init__(self) -> None:
        self._ears = selectors.DefaultSelector()
        self._peer: dict[socket.socket, socket.socket] = {}
        self._open = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def listen(self, address: str, port: int) -> None:
        """From now on, what is sent to this port there comes to the same port of our loopback."""
        ear = socket.create_server((address, port), backlog=128)
        self._ears.register(ear, selectors.EVENT_READ, port)

    def close(self) -> None:
        """Let go of everything."""
        self._open = False
        self._thread.join(5)
        for key in list(self._ears.get_map().values()):
            key.fileobj.close()
        self._ears.close()

    def _run(self) -> None:
        while self._open:
            for key, _ in self._ears.select(0.2):
                if isinstance(key.data, int):
                    self._answer(key.fileobj, key.data)  # type: ignore[arg-type]
                else:
                    self._pass(key.fileobj)  # type: ignore[arg-type]

    def _answer(self, ear: socket.socket, port: int) -> None:
        far, _ = ear.accept()
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _SILENCE_MS)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2)
        far.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
        near = socket.create_connection(("127.0.0.1", port))
        for one, other in ((far, near), (near, far)):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.settimeout(2)  # a peer who reads nothing is let go of rather than waited for
            self._peer[one] = other
            self._ears.register(one, selectors.EVENT_READ, None)

    def _pass(self, one: socket.socket) -> None:
        other = self._peer.get(one)
        if other is None:
            return
        try:
            piece = one.recv(65_536)
            if piece:
                other.sendall(piece)
                return
        except OSError:
            pass
        for end in (one, other):
            del self._peer[end]
            self._ears.unregister(end)
            end.close()


def _ip(*words: str) -> None:
    subprocess.run([_IP, *words], check=True, capture_output=True)
