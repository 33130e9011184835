"""The report on a terminal: books by channel, language and region, reasons, times."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from dispatcher.ledger.tally import FIGURES
from dispatcher.reports import words
from dispatcher.reports.after_action import Objective, Report, Row

_TONES = {"delivered": "green", "handed_over": "green", "failed": "red", "unknown": "yellow"}
_ISOLATE = "\u2068{}\u2069"
"""Names in another direction do not turn the table's line around."""


def lines(report: Report, *, regions: int = 12) -> Iterator[RenderableType]:
    """What to print, top to bottom; at most so many countries, the largest first."""
    yield _head(report)
    yield _books(_("By channel"), report, lambda row: row.channel, words.channel_name)
    yield _books(_("By language"), report, lambda row: row.language, words.language_name)
    yield _books(_("By region"), report, _country, words.region_name, most=regions)
    if report.reasons:
        yield _reasons(report)
    if report.unknowns:
        yield _unknowns(report)
    yield _times(report)


def seconds(value: float | None) -> str:
    """A time as people say it; a dash when it has not come to that."""
    if value is None:
        return "–"
    if value < 60:  # noqa: PLR2004  # a minute
        return _("%(n).1f s") % {"n": value}
    minutes, rest = divmod(round(value), 60)
    return _("%(m)d min %(s)02d s") % {"m": minutes, "s": rest}


def verdict(objective: Objective) -> str:
    """Whether the objective was met, in words."""
    if objective.met is None:
        return _("cannot be said yet")
    return _("met") if objective.met else _("missed")


def _head(report: Report) -> RenderableType:
    told = {
        "number": report.number,
        "scenario": f"{report.scenario} · {report.part}",
        "state": words.STATES[report.state],
    }
    mode = f" {words.MODES[report.mode]} ".upper()
    tone = "black on yellow" if report.mode == "drill" else "white on red"
    title = _("Alert %(number)s · %(scenario)s · %(state)s") % told
    return Text.assemble("\n", (mode, tone), "  ", (title, "bold"))


def _books(
    title: str,
    report: Report,
    by: Callable[[Row], str],
    name: Callable[[str], str],
    *,
    most: int = 0,
) -> RenderableType:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column("", no_wrap=True, min_width=14)
    shown = [figure for figure in FIGURES if report.whole.of(figure)]  # 80 columns hold no nine
    for figure in ("targeted", *shown):
        table.add_column(str(words.FIGURES[figure]), justify="right")
    found = report.totals(by)
    for key, row in found[: most or None]:
        table.add_row(_ISOLATE.format(name(key)), *_cells(row, shown))
    if most and len(found) > most:
        table.add_row(_("… and %(n)d more") % {"n": len(found) - most})
    table.add_section()
    table.add_row(pgettext("sum of a table", "All"), *_cells(report.whole, shown), style="bold")
    return table


def _cells(row: Row, shown: list[str]) -> list[RenderableType]:
    cells: list[RenderableType] = [f"{row.targeted:,}"]
    for figure in shown:
        n = row.of(figure)
        cells.append(Text(f"{n:,}" if n else "·", style=_TONES.get(figure, "") if n else "dim"))
    return cells


def _country(row: Row) -> str:
    return row.region.partition("-")[0]


def _reasons(report: Report) -> RenderableType:
    title = _("Why not")
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for head in (_("Figure"), _("Channel"), _("Reason")):
        table.add_column(head)
    table.add_column(_("Messages"), justify="right")
    for entry in report.reasons:
        told = words.reason(entry.code, carrier=entry.carrier)
        table.add_row(
            str(words.FIGURES[entry.figure]),
            words.channel_name(entry.channel),
            told,
            f"{entry.n:,}",
        )
    return table


def _unknowns(report: Report) -> RenderableType:
    title = _("What was not certain")
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column("")
    table.add_column(_("Messages"), justify="right")
    for verdict, n in report.unknowns.items():
        table.add_row(str(words.UNKNOWNS[verdict]), f"{n:,}")
    return table


def _times(report: Report) -> RenderableType:
    objective = report.objective
    grid = Table.grid(padding=(0, 2))
    p50, p90, p99 = report.time_to()
    asked = _("first message within %(first)s; %(share)d %% of each region within %(within)s") % {
        "first": seconds(objective.first_message),
        "share": objective.share,
        "within": seconds(objective.within),
    }
    grid.add_row(_("First message after"), seconds(objective.first_message_took))
    told = f"{seconds(p50)} / {seconds(p90)} / {seconds(p99)}"
    grid.add_row(_("Time until 50 / 90 / 99 % were reached"), told)
    grid.add_row(_("Objective"), f"{asked}: {verdict(objective)}")
    if objective.regions and objective.met is False:
        region, share = objective.regions[0]
        lowest = _ISOLATE.format(words.region_name(region))
        grid.add_row(_("Lowest region"), f"{lowest}: {share:.0f} %")
    if report.match_rate is not None:
        grid.add_row(_("In a language that the reader named"), f"{report.match_rate:.1%}")
    if report.strays:
        grid.add_row(_("Receipts that belong to nothing we sent"), f"{report.strays:,}")
    return grid
