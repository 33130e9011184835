"""What is asked of every page in a browser: axe, width, weight, calm, hosts, errors, a picture."""

import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.console.gallery.recipes import Shot

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
PICTURES = Path(__file__).parents[3] / "screenshots" / "gallery"
RULES = (
    "{resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',"
    " 'wcag22aa', 'best-practice']}"
)
HEAVIEST = 200_000
"""Bytes of a page with its sheets and scripts, unzipped."""
FRESH = 300
"""Seconds after which a session is made anew: what hurts asks for a proof of ten minutes."""
MEASURED = """() => {
  const [page] = performance.getEntriesByType('navigation');
  const others = performance.getEntriesByType('resource').filter(one => !/\\/live|\\/now/.test(one.name));
  return {
    ms: page.responseStart - page.requestStart,
    weight: others.reduce((sum, one) => sum + one.decodedBodySize, page.decodedBodySize),
    wide: document.documentElement.scrollWidth - innerWidth,
    moving: document.getAnimations().filter(one => one.playState === 'running').length,
  };
}"""


@dataclass(frozen=True, slots=True)
class Light:
    """One of the eight ways to look at a page."""

    language: str
    scheme: str
    width: int

    def __str__(self) -> str:
        """As files are called."""
        return f"{self.language}-{self.scheme}-{self.width}"


LIGHTS = tuple(
    Light(language, scheme, width)
    for language in ("en", "fa")
    for scheme in ("light", "dark")
    for width in (320, 1440)
)


@dataclass(slots=True)
class Seen:
    """What came of one look."""

    shot: str
    light: str
    status: int = 0
    wrong: list[str] = field(default_factory=list)
    violations: int = 0
    ms: float = 0
    weight: int = 0


@dataclass
class Camera:
    """A browser before one installation; a context for each person and way to look."""

    browser: Any
    url: str
    session_of: Any
    """(name, old) -> the key of a session."""
    heard: list[str] = field(default_factory=list)
    contexts: dict[Any, Any] = field(default_factory=dict)
    proven: dict[Any, float] = field(default_factory=dict)
    """When each context's person was made to have just proved who they are."""

    def open(
        self, light: Light, who: str = "", *, old: bool = False, session: str = "", **options: Any
    ) -> Any:
        """A page of this person's; the contexts live until `close`, one for each session."""
        key = (light, who, old, session, *sorted(options.items()))
        if key not in self.contexts:
            self.contexts[key] = self._context(light, **options)
        if who and time.monotonic() - self.proven.get(key, 0) > FRESH:
            told = {"name": "sessionid", "value": self.session_of(who, old), "url": self.url}
            self.contexts[key].add_cookies([told])
            self.proven[key] = time.monotonic()
        page = self.contexts[key].new_page()
        page.set_default_timeout(30_000)  # a machine that is shared loads a page slowly
        page.on("pageerror", lambda error: self.heard.append(f"script: {error}"))
        page.on("console", self._said)
        return page

    def look(self, shot: Shot, light: Light, *, picture: bool) -> Seen:
        """Open the page, and ask everything of it."""
        self.heard.clear()
        page = self.open(light, shot.who, old=shot.old)
        try:
            return self._ask(page, shot, light, picture=picture)
        finally:
            page.close()

    def close(self) -> None:
        """Close every context."""
        for context in self.contexts.values():
            context.close()
        self.contexts.clear()

    def _context(self, light: Light, **options: Any) -> Any:
        told = {"reduced_motion": "reduce", **options}
        context = self.browser.new_context(
            base_url=self.url, color_scheme=light.scheme, locale=light.language,
            viewport={"width": light.width, "height": 900}, **told,
        )  # fmt: skip
        context.add_cookies([{"name": "django_language", "value": light.language, "url": self.url}])
        context.on("request", self._asked)
        return context

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.heard.append(f"another host: {request.url}")

    def _said(self, message: Any) -> None:
        # Chromium says so itself of every answer that is not 2xx, the page's own 404 among them.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.heard.append(f"console: {message.text}")

    def _ask(self, page: Any, shot: Shot, light: Light, *, picture: bool) -> Seen:
        answer = page.goto(shot.path)
        seen = Seen(shot.name, str(light), status=answer.status)
        if shot.then:
            shot.then(page)
            page.wait_for_load_state()
        told = page.evaluate(MEASURED)
        seen.ms, seen.weight = told["ms"], told["weight"]
        if picture:
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{shot.name}-{light}.png", full_page=True)
        page.evaluate(axe())
        found = page.evaluate(f"axe.run({RULES})")["violations"]
        seen.violations = len(found)
        seen.wrong += [f"axe {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
        if told["wide"] > 0:
            seen.wrong.append(f"{told['wide']} px too wide: {widest(page)}")
        if told["moving"]:
            seen.wrong.append(f"{told['moving']} animations run")
        if seen.weight > HEAVIEST:
            seen.wrong.append(f"weighs {seen.weight} bytes")
        if seen.status >= 500 or (shot.view and seen.status >= 400 and "gone" not in shot.name):
            seen.wrong.append(f"answered {seen.status}")
        seen.wrong += self.heard
        return seen


def mends(seen: list[Seen]) -> str:
    """What is to be mended, a line a look."""
    wrong = [one for one in seen if one.wrong]
    return "\n".join(f"{one.shot} {one.light}: {'; '.join(one.wrong)}" for one in wrong)


@cache
def axe() -> str:
    """The script."""
    return AXE.read_text(encoding="utf-8")


def widest(page: Any) -> str:
    """What sticks out."""
    return page.evaluate(
        "() => [...document.querySelectorAll('main *, header *')].filter(one => {"
        " const box = one.getBoundingClientRect();"
        " return box.width && (box.right > innerWidth + 1 || box.left < -1)"
        " && !one.closest('.scroll') }).slice(0, 3).map(one => one.outerHTML.slice(0, 120)).join(' | ')"
    )
