"""The report of a dispatch as the terminal shows it."""

from django.utils.translation import gettext
from rich.table import Table

from dispatcher.cli.screen import table
from dispatcher.ledger.tally import FIGURES
from dispatcher.reports.after_action import Report, Row


def report_parts(seen: Report) -> list[Table | str]:
    """Lines and tables: books three ways, people, reasons, times, the target, languages."""
    return [
        *_books(seen),
        _people(seen),
        *_reasons(seen),
        *_times(seen),
    ]


def _books(seen: Report) -> list[Table | str]:
    held: list[Table | str] = []
    for head, key in (
        (gettext("Channel"), lambda row: row.channel),
        (gettext("Language"), lambda row: row.language),
        (gettext("Region"), lambda row: row.region),
    ):
        rows = [_line(name, row) for name, row in seen.totals(key)]
        rows.append(_line(gettext("all"), seen.whole))
        held.append(table([head, gettext("targeted"), *map(_figure, FIGURES)], rows))
    return held


def _line(name: str, row: Row) -> tuple[object, ...]:
    return (name or "-", row.targeted, *row.figures)


def _figure(name: str) -> str:
    return gettext(name.replace("_", " "))


def _people(seen: Report) -> Table:
    rows = [(_figure(name), n) for name, n in seen.people.items()]
    return table([gettext("People, each once"), gettext("Number")], rows)


def _reasons(seen: Report) -> list[Table | str]:
    if not seen.reasons:
        return []
    heads = [gettext("Figure"), gettext("Channel"), gettext("Carrier"), gettext("Reason"),
             gettext("Number")]  # fmt: skip
    rows = [(_figure(r.figure), r.channel, r.carrier, r.code, r.n) for r in seen.reasons]
    return [table(heads, rows)]


def _times(seen: Report) -> list[Table | str]:
    half, most, nearly = (_seconds(value) for value in seen.time_to())
    target = seen.objective
    met = {True: gettext("met"), False: gettext("missed"), None: gettext("not known yet")}
    rate = "-" if seen.match_rate is None else f"{seen.match_rate:.0%}"
    return [
        gettext("Reached: 50 %% after %(half)s, 90 %% after %(most)s, 99 %% after %(nearly)s")
        % {"half": half, "most": most, "nearly": nearly},
        gettext(
            "Target: first message within %(first)s s (took %(took)s), %(share)s %% of each region "
            "within %(within)s s: %(met)s"
        )
        % {
            "first": target.first_message,
            "took": _seconds(target.first_message_took),
            "share": target.share,
            "within": target.within,
            "met": met[target.met],
        },
        gettext("In a language that the reader named: %(rate)s") % {"rate": rate},
    ]


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"
