"""Engines over HTTP: the sandbox's LibreTranslate, and servers that misbehave."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from dispatcher.kit.errors import Refused
from dispatcher.sandbox.config import Config
from dispatcher.sandbox.starter import Sandbox
from dispatcher.wording.engines import base, http
from dispatcher.wording.engines.base import as_brackets, as_tags, from_brackets, from_tags
from dispatcher.wording.engines.catalogue import names, open_engine
from dispatcher.wording.engines.deepl import DeepL
from dispatcher.wording.engines.libretranslate import LibreTranslate
from dispatcher.wording.engines.web import Web

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


@pytest.fixture
def server() -> Iterator[Any]:
    """A server whose answer the test chooses; it keeps what it was asked."""

    class Door(BaseHTTPRequestHandler):
        answer: Answer
        asked: list[tuple[str, dict[str, str], bytes]] = []

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            Door.asked.append((self.path, dict(self.headers), body))
            status, content = Door.answer(json.loads(body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    running.daemon_threads = True
    threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
    Door.asked = []
    Door.url = f"http://127.0.0.1:{running.server_port}"  # type: ignore[attr-defined]
    yield Door
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize(
    "words", ["Do ⟦1⟧ & <b> ⟦2⟧ \"x\" 'y' &amp; &lt;", "⟦12⟧", "قوس ⟦1⟧ و ⟦2⟧", "plain"]
)
def test_tokens_travel(words):
    """As elements and as brackets, and back."""
    assert from_tags(as_tags(words)) == words
    assert from_brackets(as_brackets(words)) == words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ('a <x id="1"></x> b', "a ⟦1⟧ b"),
        ("a < x id = “1” /> b", "a ⟦1⟧ b"),
        ("<X ID=1>", "⟦1⟧"),
    ],
)
def test_what_engines_do_to_elements(told, words):
    """Closed twice, spaces, other quotes, capitals."""
    assert from_tags(told) == words


@pytest.mark.parametrize("told", ["[[ 1 ]]", "[ [1] ]", "［［1］］", "[[۱]]", "[[१]]"])
def test_what_engines_do_to_brackets(told):
    """Spaces, wide brackets, the target's digits."""
    assert from_brackets(told) == "⟦1⟧"


def test_libretranslate_on_the_sandbox():
    """Several lines in one request; tokens come back."""
    with Sandbox(Config(port=0)) as running:
        engine = LibreTranslate(running.url)
        told = engine.translate(["Do not eat ⟦1⟧.", "Call ⟦1⟧"], source="en", target="pt-BR")
    assert len(told) == 2
    assert all(one.startswith("[pt-BR]") and "⟦1⟧" in one for one in told)


def test_the_text_is_never_in_the_url(server):
    """Nor the key: both would stand in the logs of whoever is in between."""
    server.answer = lambda body: (200, json.dumps({"translatedText": body["q"]}).encode())
    LibreTranslate(server.url, key="secret").translate(["words"], source="en", target="de")
    (path, _, _) = server.asked[0]
    assert path == "/translate"
    server.answer = lambda body: (
        200, json.dumps({"translations": [{"text": one} for one in body["text"]]}).encode(),
    )  # fmt: skip
    told = DeepL("secret", url=server.url).translate(["a ⟦1⟧"], source="en", target="pt-BR")
    path, headers, body = server.asked[1]
    assert (told, path) == (["a ⟦1⟧"], "/v2/translate")
    assert headers["Authorization"] == "DeepL-Auth-Key secret"
    sent = json.loads(body)
    assert (sent["target_lang"], sent["formality"]) == ("PT-BR", "prefer_more")


BROKEN: list[tuple[str, Answer]] = [
    ("wording.engine_garbage", lambda _: (200, b"<html>Sign in to the hotel's network</html>")),
    ("wording.engine_garbage", lambda _: (200, b'{"translatedText": ["one"]}')),
    ("wording.engine_garbage", lambda _: (200, b'{"translatedText": ["one", ""]}')),
    ("wording.engine_garbage", lambda _: (200, b'{"translatedText": ["one", 7]}')),
    ("wording.engine_garbage", lambda _: (200, b"[]")),
    ("wording.engine_garbage", lambda _: (200, b'"' + b"x" * 2_000_000 + b'"')),
    ("wording.engine_refused", lambda _: (429, b"{}")),
    ("wording.engine_refused", lambda _: (500, b"")),
    ("wording.engine_refused", lambda _: (302, b"")),
]


@pytest.mark.parametrize(("code", "answer"), BROKEN)
def test_what_is_no_translation(server, code, answer):
    """HTML, too few lines, an empty line, numbers, too much, a refusal, a redirect."""
    server.answer = answer
    with pytest.raises(Refused) as wrong:
        LibreTranslate(server.url).translate(["a", "b"], source="en", target="de")
    assert wrong.value.code == code


def test_an_engine_that_hangs(server, monkeypatch):
    """The time-out is ours."""
    monkeypatch.setattr(http, "TIMEOUT", 0.3)
    free = threading.Event()
    server.answer = lambda _: (free.wait(20), (200, b"{}"))[1]
    with pytest.raises(Refused, match="engine_timeout"):
        LibreTranslate(server.url).translate(["a"], source="en", target="de")
    free.set()


def test_an_engine_that_is_away():
    """Nobody listens there."""
    with pytest.raises(Refused, match="engine_away"):
        LibreTranslate("http://127.0.0.1:9").translate(["a"], source="en", target="de")


def test_a_language_that_deepl_has_not():
    """Said before anything is sent."""
    with pytest.raises(Refused, match="engine_language"):
        DeepL("k").translate(["a"], source="en", target="fa")


def test_deep_translators_engines_have_our_time_out(monkeypatch):
    """Its modules ask through an object of ours, which never waits without an end."""
    seen = {}

    def ask(_self: object, method: str, url: str, **asked: Any) -> requests.Response:
        seen.update(asked, method=method, url=url)
        raise requests.ReadTimeout

    monkeypatch.setattr(requests.Session, "request", ask)
    for name in ("google", "mymemory"):
        with pytest.raises(Refused, match="engine_timeout"):
            Web(name).translate(["a ⟦1⟧"], source="en", target="fa")
        assert seen["timeout"] == base.TIMEOUT


def test_an_engine_exists_when_it_is_configured(settings):
    """None by default."""
    assert names() == ()
    with pytest.raises(Refused, match="engine_unknown"):
        open_engine("libretranslate")
    settings.LIBRETRANSLATE = {"url": "http://127.0.0.1:9", "key": ""}
    settings.WEB_ENGINES = ("mymemory",)
    assert names() == ("libretranslate", "mymemory")
    assert isinstance(open_engine("libretranslate"), LibreTranslate)
    assert open_engine("mymemory").name == "mymemory"
