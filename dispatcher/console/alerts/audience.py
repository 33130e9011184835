"""Step two: whom it is for, as boxes to tick or as a sentence, counted while one chooses."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext

from contacts import errors as contacts_errors
from contacts import languages, segments, territories
from contacts import lists as private
from contacts.crowds import Reachable
from contacts.models import OwnRegion, Role, Segment
from contacts.reach import Scope, vocabulary
from contacts.regions import OWN
from dispatcher.alerts import desk, marks, survey
from dispatcher.alerts.models import Alert
from dispatcher.console.alerts import builder
from dispatcher.console.alerts.builder import Choice
from dispatcher.console.alerts.draft import Draft
from dispatcher.operators import access
from dispatcher.reports import words
from dispatcher.wording.catalogs import SHIPPED

MOST_BOXES = 60
"""Regions with a box of their own; of more the name is typed."""
MOST_LISTS = 20
WHOLE_WORLD = ("EU", "150", "019", "142", "002", "009")
"""What is offered to who may tell the world: larger regions; countries are typed."""


@dataclass(frozen=True, slots=True)
class Box:
    """Something to tick."""

    value: str
    name: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What stands in the form."""

    way: str
    """`choices` or `text`."""
    text: str = ""
    choice: Choice | None = None
    """None where the sentence says more than boxes can."""
    list_id: int | None = None
    affected: bool = False
    mark: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    """Field -> what is wrong with it; '' for the whole form."""
    now: str = ""
    """What somebody else has saved meanwhile."""

    @property
    def too_rich(self) -> bool:
        """Whether only the sentence can say it."""
        return self.choice is None


@dataclass(frozen=True, slots=True)
class Bar:
    """People of one region or language."""

    name: str
    people: int
    width: str
    """Of the longest bar, in per cent, for SVG."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is said of an audience."""

    total: int
    reachable: int
    outside: int
    regions: tuple[Bar, ...]
    languages: tuple[Bar, ...]
    channels: tuple[tuple[str, int], ...]
    blockers: tuple[tuple[str, int], ...]
    without_language: int


def kept(draft: Draft, *, way: str = "") -> Wish:
    """The alert's audience as the form shows it."""
    alert = draft.alert
    choice = builder.of(alert.segment)
    return Wish(
        way="text" if choice is None or way == "text" else "choices",
        text=alert.segment,
        choice=choice,
        list_id=alert.list_id if not alert.affected else None,
        affected=alert.affected,
        mark=marks.of_audience(alert),
    )


def sent(form: QueryDict) -> Wish:
    """What was sent; the sentence is made from the boxes, or the boxes from the sentence."""
    way = "text" if form.get("way") == "text" else "choices"
    chosen = form.get("list", "")
    wish = Wish(
        way=way,
        list_id=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None,  # noqa: PLR2004
        affected=form.get("whom") == "affected",
        mark=form.get("mark", ""),
    )
    return _from_text(wish, form.get("segment", "")) if way == "text" else _from_boxes(wish, form)


def turned(wish: Wish, to: str) -> Wish:
    """The same, shown the other way; what boxes cannot say stays a sentence."""
    if to == "choices" and wish.too_rich:
        return wish
    return replace(wish, way=to)


def taken_over(wish: Wish, key: str) -> Wish:
    """The sentence of a saved segment in place of what stood there."""
    found = Segment.objects.filter(key=key).first()
    if found is None:
        return wish
    wish = _from_text(wish, found.text)
    return replace(wish, way="text" if wish.too_rich else wish.way)


def refused(wish: Wish, error: object, said: str, alert: Alert) -> Wish:
    """The form with the reason; who insists has seen what stands there now."""
    if getattr(error, "code", "") != "alerts.changed_by_other":
        return replace(wish, wrong={"": said})
    now = alert.segment or gettext("no sentence")
    return replace(wish, wrong={"": said}, mark=marks.of_audience(alert), now=now)


def stands(wish: Wish, alert: Alert) -> bool:
    """Whether just this is kept already: a second press, or an answer that was lost on its way."""
    kept = (alert.segment, alert.list_id if not alert.affected else None, alert.affected)
    return kept == ("" if wish.affected else wish.text, wish.list_id, wish.affected)


def _from_text(wish: Wish, text: str) -> Wish:
    try:
        tree = segments.parse(text, words=vocabulary()) if text.strip() else None
    except contacts_errors.Refused as error:
        said = contacts_errors.sentence(error)
        return replace(wish, text=text, choice=None, wrong={"segment": said})
    if tree is None:
        return replace(wish, text="", choice=Choice())
    return replace(wish, text=text.strip(), choice=builder.read(tree))


def _from_boxes(wish: Wish, form: QueryDict) -> Wish:
    wrong: dict[str, str] = {}
    choice = Choice(
        everybody="everybody" in form,
        roles=_known(form.getlist("role")),
        regions=(*_known(form.getlist("region")), *_places(form.get("regions", ""), wrong)),
        languages=(*_known(form.getlist("language")), *_tongues(form.get("languages", ""), wrong)),
        not_roles=_known(form.getlist("not_role")),
        not_regions=_known(form.getlist("not_region")),
    )
    if choice.everybody and choice.narrowed:
        wrong["everybody"] = gettext("Everybody, or some of them? Tick one or the other.")
    text = builder.write(choice)
    if not wrong and text:
        try:
            segments.parse(text, words=vocabulary())
        except contacts_errors.Refused as error:
            wrong[""] = contacts_errors.sentence(error)
    return replace(wish, text=text, choice=choice, wrong=wrong)


def _known(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def _places(text: str, wrong: dict[str, str]) -> tuple[str, ...]:
    """Codes of the places that were typed, parted by commas, in any of the console's languages."""
    found = []
    for part in _parts(text):
        try:
            found.append(territories.named(part) or territories.canonical(part))
        except contacts_errors.Refused as error:
            wrong["regions"] = contacts_errors.sentence(error)
    return tuple(found)


def _tongues(text: str, wrong: dict[str, str]) -> tuple[str, ...]:
    found = []
    for part in _parts(text):
        try:
            found.append(languages.tag(part))
        except contacts_errors.Refused as error:
            wrong["languages"] = contacts_errors.sentence(error)
    return tuple(found)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\n،、，]", text) if part.strip()]


def roles(ticked: Iterable[str]) -> list[Box]:
    """The organisation's roles."""
    held = set(ticked)
    return [Box(role.key, gettext(role.title), role.key in held) for role in Role.objects.all()]


def regions(draft: Draft, ticked: Iterable[str]) -> list[Box]:
    """Regions of the alert, and what lies in them; what was chosen is among them."""
    own = {f"{OWN}{one.key}": one.title for one in OwnRegion.objects.all()}
    inside = Scope(regions=tuple(draft.alert.scope)).codes()
    held = list(dict.fromkeys(ticked))
    if inside is None:
        offered = list(WHOLE_WORLD)
    else:
        countries = [code for code in inside if "-" not in code]
        offered = [*draft.alert.scope, *(countries if len(countries) <= MOST_BOXES else [])]
    mine = [code for code in own if access.covers(draft.alert.scope, (code,))]
    every = dict.fromkeys([*held, *offered, *mine])
    return [Box(code, own.get(code) or words.region_name(code), code in held) for code in every]


def tongues(ticked: Iterable[str]) -> list[Box]:
    """Languages that the program ships words in, and those that were chosen."""
    held = list(dict.fromkeys(ticked))
    return [
        Box(tag, words.language_name(tag), tag in held) for tag in dict.fromkeys([*held, *SHIPPED])
    ]


def lists(draft: Draft) -> list[tuple[int, str]]:
    """(number, name) of private lists that this alert may use, of those whom the person sees."""
    alert = draft.alert
    taken = Alert.objects.exclude(pk=alert.pk).exclude(list_id=None)
    taken = taken.exclude(pk=alert.follows_id) if alert.follows_id else taken
    others = set(taken.values_list("list_id", flat=True)) - {alert.list_id}
    known = private.named(scope=seen(draft))
    return [(pk, name) for pk, name in known.items() if pk not in others][:MOST_LISTS]


def followed(draft: Draft) -> bool:
    """Whether it may be for those who may have received an earlier one."""
    return draft.alert.follows is not None and survey.launched(draft.alert.follows) is not None


def seen(draft: Draft) -> Scope:
    """The regions whose figures this person may read."""
    return Scope(regions=desk.regions_seen(draft.user, draft.alert))


def figures(found: Reachable) -> Figures:
    """The count as the page shows it, the most people first."""
    blockers = dict(found.blockers)
    without = blockers.pop("no_language", 0)
    return Figures(
        total=found.total,
        reachable=found.reachable,
        outside=found.outside_scope,
        regions=_bars(found.by_region, words.region_name),
        languages=_bars(found.by_language, words.language_name),
        channels=tuple((name, n) for name, n in found.by_channel.items() if n),
        blockers=tuple(
            (words.reason(why), n) for why, n in sorted(blockers.items(), key=lambda one: -one[1])
        ),
        without_language=without,
    )


def _bars(people: Mapping[str, int], name_of: Callable[[str], str]) -> tuple[Bar, ...]:
    """By name: what two tags are called alike, as `zh-HK` and `zh-Hant-HK`, is one."""
    named: Counter[str] = Counter()
    for code, n in people.items():
        named[name_of(code)] += n
    most = max(named.values(), default=0)
    return tuple(
        Bar(name, n, f"{100 * n / most:.1f}%")
        for name, n in sorted(named.items(), key=lambda one: (-one[1], one[0]))
    )
