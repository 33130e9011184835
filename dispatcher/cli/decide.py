"""`dispatcher alert`: looking at one as its readers will, and deciding about it."""

from collections.abc import Iterator
from typing import Annotated

import typer
from django.utils.translation import gettext, gettext_noop
from rich.table import Table

from dispatcher.alerts import approve, desk
from dispatcher.alerts import preview as previews
from dispatcher.alerts.models import Alert, Approval
from dispatcher.alerts.preview import Example, Later, Preview
from dispatcher.cli import shell
from dispatcher.cli.alert import Number, app
from dispatcher.cli.matrix import cases_table
from dispatcher.cli.screen import cell, plain, safe, table
from dispatcher.cli.segments import reachable_parts
from dispatcher.cli.shell import NothingToDo, answer, operator, verb
from dispatcher.cli.telling import alert_json, approvals_table, headline
from dispatcher.fanout.quiet import zone_info
from dispatcher.operators.models import Office

OfficeName = Annotated[
    str, typer.Option("--office", help=gettext_noop("When you hold several that are asked."))
]
Reason = Annotated[str, typer.Option("--reason", help=gettext_noop("Why; the author reads it."))]


@verb(
    app,
    "preview",
    text=gettext_noop(
        "See it before anybody else does: how many, where, what stands in the way, and the real "
        "text for a real person in each language and channel, with the parts of text messages.\n\n"
        "Example: dispatcher alert preview 1 --in fa"
    ),
)
def _preview(
    *,
    number: Number,
    language: Annotated[
        str, typer.Option("--in", help=gettext_noop("Only texts in this language."))
    ] = "",
    channel: Annotated[
        str, typer.Option("--channel", help=gettext_noop("Only sms, email or push."))
    ] = "",
) -> None:
    user = operator()
    alert = desk.find(number)
    seen = previews.preview(alert, by=user)
    shown = [
        example
        for example in seen.examples
        if language in ("", example.language) and channel in ("", example.channel)
    ]
    answer(
        _preview_json(seen),
        headline(alert),
        *reachable_parts(seen.reachable),
        _told_table(seen),
        *cases_table(seen.cases),
        *_timing(seen),
        *(part for example in shown for part in _example(example)),
        *_remarks(seen),
    )


@verb(
    app,
    "submit",
    text=gettext_noop(
        "Ask the offices for approval. From now on nothing may change; a change sends it back to "
        "draft. Refused, with all reasons, while something is missing."
    ),
)
def _submit(*, number: Number) -> None:
    alert = approve.submit(desk.find(number), by=operator())
    _answer(alert)


@verb(
    app,
    "approve",
    text=gettext_noop(
        "Say yes for your office to exactly what was submitted.\n\n"
        "Who wrote or submitted it cannot approve it, and nobody fills two offices.\n\n"
        "Example: dispatcher alert approve 1 --seen 3f9a1c"
    ),
)
def _approve(
    *,
    number: Number,
    office: OfficeName = "",
    seen: Annotated[
        str,
        typer.Option("--seen", help=gettext_noop("Beginning of the fingerprint you looked at.")),
    ] = "",
) -> None:
    alert = approve.approve(desk.find(number), by=operator(), office=office, seen=seen)
    _answer(alert)


@verb(app, "return", text=gettext_noop("Send it back to the author with a reason."))
def _return(*, number: Number, reason: Reason, office: OfficeName = "") -> None:
    alert = approve.send_back(desk.find(number), by=operator(), reason=reason, office=office)
    _answer(alert)


@verb(app, "reject", text=gettext_noop("Refuse it for good, with a reason."))
def _reject(*, number: Number, reason: Reason, office: OfficeName = "") -> None:
    alert = approve.reject(desk.find(number), by=operator(), reason=reason, office=office)
    _answer(alert)


@verb(
    app,
    "break-glass",
    text=gettext_noop(
        "Approve without the offices, because they cannot be reached. It needs a reason, stands in "
        "the journal, and is reviewed afterwards."
    ),
)
def _break_glass(*, number: Number, reason: Reason) -> None:
    _answer(approve.break_glass(desk.find(number), by=operator(), reason=reason))


@verb(
    app,
    "review",
    text=gettext_noop(
        "Broken glass: without a number, what waits for review; with one, your word about it.\n\n"
        "Example: dispatcher alert review 1 --word 'Right in the circumstances'"
    ),
)
def _review(
    *,
    number: Annotated[str, typer.Argument(metavar="NUMBER")] = "",
    word: Annotated[str, typer.Option("--word", help=gettext_noop("What you say to it."))] = "",
) -> None:
    user = operator()
    waiting = [broken for broken in approve.to_review() if desk.seen_by(user, broken.alert)]
    if number:
        alert = desk.read(number, by=user)
        waiting = [broken for broken in waiting if broken.alert_id == alert.pk]
    if not waiting:
        raise NothingToDo(gettext("No broken glass waits for review."))
    if number:
        approve.review(waiting[0], by=user, word=word)
        answer({"number": number, "reviewed": True}, gettext("Reviewed."))
        return
    heads = [gettext("Number"), gettext("By"), gettext("Reason"), gettext("At")]
    rows = [(b.alert.number, b.user.get_full_name(), b.reason, b.at) for b in waiting]
    answer([_approval_json(broken) for broken in waiting], table(heads, rows))


def _answer(alert: Alert) -> None:
    """Where the decision stands now."""
    missing = approve.open_offices(alert) if alert.state == "pending" else ()
    waits = gettext("Waits for: %(offices)s") % {
        "offices": ", ".join(map(str, Office.objects.filter(pk__in=missing)))
    }
    value = {
        **alert_json(alert),
        "open_offices": missing,
        "approvals": [_approval_json(said) for said in alert.approvals.all()],
    }
    fingerprint = gettext("Fingerprint: %(short)s") % {"short": alert.fingerprint[:12]}
    answer(
        value,
        headline(alert),
        *([fingerprint] if alert.fingerprint else []),
        *([approvals_table(alert)] if value["approvals"] else []),
        *([waits] if missing else []),
    )


def _approval_json(said: Approval) -> dict[str, object]:
    return {
        "number": said.alert.number,
        "office": said.office_id,
        "decision": said.decision,
        "by": said.user.username,
        "reason": said.reason,
        "at": said.at,
        "void": said.void_at is not None,
    }


def _told_table(seen: Preview) -> Table:
    """Group x channel x language, summed over regions."""
    sums: dict[tuple[str, str, str, str], int] = {}
    for row in seen.told:
        key = (row.group, row.channel, row.language, row.match)
        sums[key] = sums.get(key, 0) + row.people
    rows = [(*key, people) for key, people in sorted(sums.items(), key=lambda item: -item[1])]
    rows += [(group, "-", "-", why, people) for (group, why), people in seen.untold.items()]
    heads = [gettext("Group"), gettext("Channel"), gettext("Language"), gettext("Why this one"),
             gettext("People")]  # fmt: skip
    return table(heads, rows, title=gettext("Who gets which words, by the first step"))


def _timing(seen: Preview) -> Iterator[str]:
    """For whom it is, whom the night holds back, and what comes later."""
    if seen.affected:
        line = gettext("For those who may have received alert %(number)s, wherever they are now.")
        yield line % {"number": seen.affected}
    if seen.waiting.overridden:
        line = gettext("Quiet hours hold nobody back: %(why)s")
        yield line % {"why": cell(seen.waiting.overridden)}
    for until, zone, people in seen.waiting.held:
        line = gettext("%(people)s people wait until %(at)s (%(zone)s).")
        here = until.astimezone(zone_info(zone))
        yield line % {"people": people, "at": f"{here:%Y-%m-%d %H:%M}", "zone": zone}
    for later in seen.later:
        yield _later_line(later) % {
            "minutes": f"{later.after / 60:g}",
            "group": cell(later.group),
            "channels": ", ".join(later.channels) or gettext("their first step"),
            "share": later.unless,
        }


def _later_line(later: Later) -> str:
    if later.unless == "acknowledged":
        return gettext("After %(minutes)s min, who has not acknowledged: %(group)s by %(channels)s")
    if later.unless == "delivered":
        return gettext("After %(minutes)s min, who got nothing: %(group)s by %(channels)s")
    return gettext(
        "After %(minutes)s min, if less than %(share)s have acknowledged: %(group)s by %(channels)s"
    )


def _example(example: Example) -> list[str]:
    line = gettext("%(group)s · %(channel)s · %(language)s (%(direction)s) · as for %(who)s")
    head = line % {
        "group": example.group,
        "channel": example.channel,
        "language": example.language,
        "direction": example.direction,
        "who": cell(example.recipient),
    }
    texts = [
        f"  {name}: {safe(text, lines=True, isolates=True)}".replace("\n", "\n  ")
        for name, text in example.fields.items()
    ]
    if example.parts:
        size = gettext("%(parts)s part(s), %(encoding)s, %(units)s units, %(left)s left")
        texts.append("  = " + size % plain(example.parts))
    return ["", head, *texts]


def _remarks(seen: Preview) -> list[str]:
    held = []
    if seen.causes:
        held += ["", gettext("Before it can be submitted:")]
        held += [f"  - {shell.sentence(cause)}" for cause in seen.causes]
    if seen.findings:
        held += ["", gettext("Worth a second look:")]
        held += [f"  - {shell.sentence(finding)}" for finding in seen.findings]
    return held


def _preview_json(seen: Preview) -> dict[str, object]:
    """The whole preview; refusals become code and sentence."""
    held: dict[str, object] = {
        name: getattr(seen, name)
        for name in (
            *("number", "mode", "fingerprint", "reachable", "told", "examples"),
            *("waiting", "later", "affected"),
        )
    }
    held["untold"] = [
        {"group": group, "why": why, "people": people}
        for (group, why), people in seen.untold.items()
    ]
    held["cases"] = [{**plain(case), "people": people} for case, people in seen.cases.items()]
    for name in ("causes", "findings"):
        held[name] = [
            {"code": one.code, "sentence": shell.sentence(one)} for one in getattr(seen, name)
        ]
    return held
