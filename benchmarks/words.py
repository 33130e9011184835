"""`./dispatch bench words`: what a message's words cost, once they are compiled, and the checks.

A compiled wording has every fact in it; what is left to fill in are personal values. Beside it, in
the same run: Babel's plain way (each value formatted for each recipient) and Jinja2 with the same
text and values. Then the checks of one alert in 13 languages and 4 parts, once as texts that were
never read and once again, and the memory of 200 locales.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from datetime import date
from statistics import median

import jinja2
from babel import localedata
from babel.dates import format_date
from babel.numbers import format_decimal
from rich.console import Console
from rich.table import Table

from dispatcher.kit.errors import Refused
from dispatcher.wording import catalogs, checks, rendering
from dispatcher.wording.facts import Fact, Facts
from dispatcher.wording.gate import finding, length
from dispatcher.wording.rendering import Text

TEXT = Text(
    ("Dear ", ", do NOT consume Morning Oats, lot no. L2301. Return it until ", ". Read: ", ""),
    ("recipient", "until", "acknowledge"),
    "ltr",
)
FACTS = Facts.of([
    Fact("organisation", "text", "Global Foods"), Fact("product", "text", "Morning Oats 500 g"),
    Fact("lots", "list", '["L2301", "L2302"]'), Fact("hazard", "text", "salmonella"),
    Fact("line", "phone", "+442079460123"), Fact("info", "link", "https://example.com/recall"),
])  # fmt: skip
PARTS = ("first", "update", "correction", "all_clear")
MESSAGES = 200_000


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(prog="./dispatch bench words", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    ways = Table(title="One message's words; median of the runs", title_justify="left")
    for head in ("way", "µs a message", "against ours"):
        ways.add_column(head, justify="left" if head == "way" else "right")
    ours = _cost(_ours, MESSAGES, asked.runs)
    ways.add_row("compiled wording, three values filled in", f"{ours:.2f}", "1")
    for name, way, n in (
        ("Babel, each value for each recipient", _babel, 20_000),
        ("Jinja2, compiled template, the same text and values", _jinja, 50_000),
    ):
        cost = _cost(way, n, asked.runs)
        ways.add_row(name, f"{cost:.2f}", f"{cost / ours:.1f}")
    Console().print(ways)
    rest = Table(title="Around it", title_justify="left")
    rest.add_column("what")
    rest.add_column("figure", justify="right")
    new, again = _checks(asked.runs)
    checked = "checks of one alert, 13 languages x 4 parts x 3 channels"
    rest.add_row(f"{checked}, texts never read, ms", f"{new:.0f}")
    rest.add_row(f"{checked}, the same again, ms", f"{again:.0f}")
    compiled, grown = _memory()
    rest.add_row(f"memory that {compiled} compiled locales took, MiB", f"{grown:.0f}")
    Console().print(rest)


def _cost(way: Callable[[int], object], messages: int, runs: int) -> float:
    """Median CPU microseconds a message."""
    way(1000)
    told = []
    for _ in range(runs):
        before = time.process_time()
        way(messages)
        told.append((time.process_time() - before) / messages * 1e6)
    return median(told)


def _ours(messages: int) -> None:
    fill = TEXT.fill
    for number in range(messages):
        fill({"recipient": "Ana Peña", "until": "31 January", "acknowledge": f"a/{number}"})


def _babel(messages: int) -> None:
    """A catalogue's text, and three values formatted for each recipient."""
    text = "Dear {name}, return {stores} packs until {until}."
    for number in range(messages):
        text.format(
            name="Ana Peña",
            stores=format_decimal(number, locale="de"),
            until=format_date(date(2027, 1, 31), "long", locale="de"),
        )


JINJA = jinja2.Template(
    "Dear {{ recipient }}, do NOT consume Morning Oats, lot no. L2301. "
    "Return it until {{ until }}. Read: {{ acknowledge }}"
)


def _jinja(messages: int) -> None:
    for number in range(messages):
        JINJA.render(recipient="Ana Peña", until="31 January", acknowledge=f"a/{number}")


def _checks(runs: int) -> tuple[float, float]:
    """CPU milliseconds for one group's texts in every language and part: new, and once more.

    Word lists are loaded before; of the texts nothing is remembered in the first figure.
    """
    texts = list(_texts())
    told: tuple[list[float], list[float]] = ([], [])
    _examine(texts)
    for _ in range(runs):
        finding.forget()
        length.usual.cache_clear()
        for times in told:
            before = time.process_time()
            _examine(texts)
            times.append((time.process_time() - before) * 1000)
    return median(told[0]), median(told[1])


def _examine(texts: list[catalogs.Shipped]) -> None:
    for text in texts:
        checks.examine(text.fields, locale=text.locale, source=text.source)


def _texts() -> Iterator[catalogs.Shipped]:
    wanted = {f"recall.{part}.consumer" for part in PARTS}
    for catalogue in catalogs.read_all(catalogs.folder()).values():
        yield from (text for text in catalogs.whole(catalogue) if text.key in wanted)


def _memory() -> tuple[int, float]:
    """How many of Babel's locales one wording was compiled in, and what that took."""
    fields = {
        "text": "{organisation}: {product}, {lots, list}: {hazard}. {info, link} {line, phone}"
    }
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = 0
    for name in sorted(localedata.locale_identifiers()):
        try:
            rendering.compile(fields, locale=name.replace("_", "-"), zone="UTC", facts=FACTS)
        except (Refused, ValueError):
            continue
        done += 1
        if done == 200:
            break
    return done, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


if __name__ == "__main__":
    main()
