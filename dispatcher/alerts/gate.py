"""The gate: everything that still stands between an alert and the offices' approval.

All of it is said at once, so that nobody has to come back for the next complaint.
"""

from collections.abc import Iterable, Iterator, Mapping

from contacts import errors as contacts_errors
from dispatcher.alerts import scenarios, survey
from dispatcher.alerts.models import Alert
from dispatcher.alerts.models import Fact as FactRow
from dispatcher.alerts.sheet import Sheet
from dispatcher.alerts.survey import Survey
from dispatcher.kit.errors import Refused, sentence
from dispatcher.wording import choosing, library
from dispatcher.wording.checks import Severity
from dispatcher.wording.placeholders import parse

AnyRefused = Refused | contacts_errors.Refused


class NotReady(Refused):
    """An alert that cannot be submitted; `causes` are the reasons, each with its own sentence."""

    def __init__(self, number: str, causes: tuple[AnyRefused, ...]) -> None:
        super().__init__("alerts.not_ready", number=number, count=len(causes))
        self.causes = causes


def lacks(alert: Alert, found: Survey | None = None) -> tuple[AnyRefused, ...]:
    """What is missing, wrong or unverified; empty when the alert may be submitted."""
    causes: list[AnyRefused] = list(unready(alert))
    if not survey.has_audience(alert):
        return (*causes, Refused("alerts.no_audience"))
    try:
        found = found or survey.survey(alert)
    except contacts_errors.Refused as error:  # the segment may have lost a role that it names
        return (*causes, error)
    return (
        *causes,
        *_audience(found),
        *_carriers(found),
        *_wordings(alert, found),
        *_texts(alert, found, causes),
        *refused({row.version_id for row in found.told}),
    )


def unready(alert: Alert) -> Iterator[Refused]:
    """Facts that this part requires and that are missing, and facts that nobody verified."""
    rows = list(alert.facts.all())
    there = {row.name for row in rows}
    for wanted in scenarios.load(alert.scenario).facts:
        if alert.part in wanted.parts and wanted.required and wanted.name not in there:
            yield Refused("alerts.fact_missing", name=wanted.name, type=wanted.type)
    yield from (_unverified(row) for row in rows if row.verified_at is None)


def _unverified(row: FactRow) -> Refused:
    return Refused("alerts.fact_unverified", name=str(row))


def _audience(found: Survey) -> Iterator[Refused]:
    if not found.people:
        yield Refused("alerts.audience_empty")
    elif not found.told:
        yield Refused("alerts.nobody_reachable", people=found.people)


def _wordings(alert: Alert, found: Survey) -> Iterator[Refused]:
    """Under the policy each group that is addressed has words, in the default language too."""
    addressed = {row.group for row in found.told} | {group for group, _ in found.untold}
    for group in found.groups:
        if group.name not in addressed:
            continue
        for channel, held in group.wordings.items():
            unsigned = _unsigned(alert, group.name, channel, held)
            if not held and unsigned:
                yield Refused(
                    "alerts.nobody_vouches",
                    group=group.name,
                    channel=channel,
                    languages=", ".join(unsigned),
                )
            elif not held:
                yield Refused("alerts.no_wording", group=group.name, channel=channel)
            elif alert.fallback != "block" and alert.default_language not in held:
                yield Refused(
                    "alerts.no_default_wording",
                    group=group.name,
                    channel=channel,
                    language=alert.default_language,
                )
            elif alert.fallback == choosing.Fallback.DEFAULT_WITH_LINK:
                yield from _linkless(alert, group.name, channel, held[alert.default_language])


def refused(versions: Iterable[int]) -> Iterator[Refused]:
    """Texts that would leave and that the checks refuse today, whoever accepted them when.

    More may be asked since: a name that the scenario keeps, a word that the glossary forbids.
    """
    wrong = {
        version_id: [finding for finding in findings if finding.severity is Severity.REFUSE]
        for version_id, findings in library.examine(sorted(set(versions))).items()
    }
    texts = library.fields([version_id for version_id, findings in wrong.items() if findings])
    for version_id, text in texts.items():
        for finding in wrong[version_id]:
            yield Refused(
                "alerts.wording_refused",
                wording=text.name,
                locale=text.locale,
                finding=sentence(Refused(finding.code, **finding.facts)),
            )


def unvouched(alert: Alert, found: Survey) -> Iterator[Refused]:
    """A finding for each text of a real alert whose readers fall back because nobody vouches."""
    for group in found.groups if alert.mode == Alert.REAL else ():
        for channel, held in group.wordings.items():
            if languages := _unsigned(alert, group.name, channel, held):
                yield Refused(
                    "alerts.languages_unvouched",
                    group=group.name,
                    channel=channel,
                    languages=", ".join(languages),
                )


def _unsigned(alert: Alert, group: str, channel: str, held: Mapping[str, int]) -> list[str]:
    """Languages in which there are words, for a real alert, that nobody has vouched for."""
    if alert.mode != Alert.REAL:
        return []
    key = survey.words(alert)[group, channel]
    return sorted(library.available([key], channel=channel)[key].keys() - held.keys())


def _linkless(alert: Alert, group: str, channel: str, version_id: int) -> Iterator[Refused]:
    """Who falls back must be led to a page where other languages are."""
    fields = library.fields([version_id])[version_id].fields
    patterns = [parse(text, locale=alert.default_language) for text in fields.values()]
    if not any(slot.type == "link" for pattern in patterns for slot in pattern.slots):
        yield Refused(
            "alerts.default_without_link",
            group=group,
            channel=channel,
            language=alert.default_language,
        )


def _texts(alert: Alert, found: Survey, causes: list[AnyRefused]) -> Iterator[Refused]:
    """Each wording that would leave, filled in for each region whose facts differ."""
    missing = {cause.facts["name"] for cause in causes if cause.code == "alerts.fact_missing"}
    sheet = Sheet.of(alert, {row.version_id for row in found.told})
    alike = {sheet.alike(row): row for row in reversed(found.told)}
    seen: set[tuple[object, ...]] = set()
    for told in alike.values():
        try:
            sheet.render(told)
        except Refused as error:
            what = (error.code, error.facts.get("fact"), error.facts.get("locale"), told.region)
            if what not in seen and error.facts.get("fact") not in missing:
                seen.add(what)
                yield Refused(error.code, **{**error.facts, "region": told.region})


def _carriers(found: Survey) -> Iterator[Refused]:
    """A group of people that has no channel left whose carrier is configured for this mode."""
    yield from (
        Refused("alerts.no_carrier", group=group)
        for group, reason in found.untold
        if reason == "no_carrier"
    )
