"""The small installation as a whole: up, looked at, killed, up again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from dispatcher.kit.local import home as ours
from dispatcher.kit.local.servers import found

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORT", "PUBLIC_URL", "DISPATCHER_HOME")


def up(home: Path, *arguments: str) -> subprocess.Popen[str]:
    """`./dispatch up` on a home, without what the tests' own environment sets."""
    environ = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.Popen(
        [sys.executable, "-m", "dispatcher.cli.up", "--home", str(home), *arguments],
        cwd=ROOT,
        env=environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def address(process: subprocess.Popen[str], home: Path) -> str:
    """Its web address, as soon as all is up."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        told = json.loads((home / "up.json").read_text()) if (home / "up.json").exists() else {}
        if told.get("pid") == process.pid:  # not what one that was killed left behind
            return str(told["url"])
        time.sleep(0.1)
    process.kill()
    logs = [f"{path.name}: {path.read_text()[-800:]}" for path in (home / "logs").glob("*.log")]
    pytest.fail(f"{process.communicate()[0]}\n" + "\n".join(logs))


def gone(home: Path) -> bool:
    """Whether no program that was started on this home runs any more."""
    wanted = f"DISPATCHER_HOME={home}".encode()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        left = [pid for pid in Path("/proc").glob("[0-9]*") if wanted in _environ(pid)]
        if not left and not found(home):
            return True
        time.sleep(0.2)
    return False


def _environ(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def health(url: str) -> bytes:
    """What the web process says of itself."""
    with urllib.request.urlopen(f"{url}/health", timeout=10) as answer:
        return bytes(answer.read())


@pytest.fixture
def place():
    """A directory that root's servers can walk into under their own account.

    Not below pytest's: another run that begins meanwhile shuts that to everybody else.
    """
    made = Path(tempfile.mkdtemp(prefix="dispatcher-up-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_up_again_after_kill_and_only_once(place):
    """One at a time on the same data; kill -9 stops all; Ctrl-C ends with 0 and stops all."""
    home = place / "home"
    first = up(home)
    url = address(first, home)
    assert health(url) == b"ok\n"
    signing = ours.secret(home, "signing")

    second = up(home)
    told, _ = second.communicate(timeout=120)
    assert second.returncode == 6
    assert str(first.pid) in told
    assert url in told

    port = url.rsplit(":", 1)[1]
    third = up(place / "other", "--port", port)
    told, _ = third.communicate(timeout=120)
    assert third.returncode == 7, told
    assert port in told

    first.kill()
    first.wait()
    assert gone(home)

    again = up(home, "--no-sandbox")
    assert health(address(again, home)) == b"ok\n"
    assert ours.secret(home, "signing") == signing
    again.send_signal(signal.SIGINT)
    told, _ = again.communicate(timeout=120)
    assert again.returncode == 0, told
    assert gone(home)
