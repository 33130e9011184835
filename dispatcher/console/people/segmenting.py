"""Segments: audiences under a name, as a sentence and in plain words, with a live count."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contacts import errors, saved, segments
from contacts.models import OwnRegion, Segment
from contacts.reach import vocabulary
from dispatcher.alerts.models import Alert
from dispatcher.alerts.states import OPEN
from dispatcher.console import acting
from dispatcher.console.door import person
from dispatcher.console.people import choices, plain
from dispatcher.console.people.asking import keepers, scope
from dispatcher.console.people.plain import Told
from dispatcher.console.templatetags.told import number
from dispatcher.operators import access, journal
from dispatcher.operators.models import User
from dispatcher.operators.roles import READERS, Role

FEW = 10
"""Alerts of regions that the reader does not see are told in tens."""


class SegmentForm(forms.Form):
    """A title and a sentence; roles, region and language help to write it."""

    title = forms.CharField(
        label=_("Title"), max_length=200, widget=forms.TextInput({"dir": "auto"})
    )
    roles = forms.MultipleChoiceField(
        label=_("Role"), required=False, widget=forms.CheckboxSelectMultiple
    )
    region = forms.CharField(
        label=_("Country or region"), required=False, max_length=100,
        widget=forms.TextInput({"list": "places", "dir": "auto"}),
    )  # fmt: skip
    language = forms.CharField(label=_("First language"), required=False, max_length=60)
    text = forms.CharField(
        label=_("Sentence"),
        help_text=_(
            "Such as: role in (customer, retailer) and region in EU and not tag = contractor. "
            "Left empty it is written from what is chosen above."
        ),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "dir": "ltr", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = choices.roles(nobody=False)  # type: ignore[attr-defined]

    def clean_region(self) -> str:
        """As a code."""
        return choices.region(self.cleaned_data["region"])

    def clean_language(self) -> str:
        """As a tag."""
        return choices.language(self.cleaned_data["language"])

    def clean(self) -> dict[str, Any]:
        """The sentence in canonical form, written from the choices when it is empty."""
        given: dict[str, Any] = super().clean() or {}
        text = given.get("text", "").strip() or _written(given)
        try:
            given["text"] = saved.canonical(text)
        except errors.Refused as error:
            self.add_error("text", errors.sentence(error))
        return given


def _written(given: dict[str, Any]) -> str:
    """The sentence of what was chosen."""
    parts = []
    if given.get("roles"):
        parts.append(f"role in ({', '.join(given['roles'])})")
    if given.get("region"):
        parts.append(f"region = {given['region']}")
    if given.get("language"):
        parts.append(f"language = {given['language']}")
    return " and ".join(parts) or "everyone"


def explained(text: str) -> Told:
    """A sentence in plain words. Raises `contacts.segment_*`."""
    own = {key: str(title) for key, title in OwnRegion.objects.values_list("key", "title")}
    tree = segments.parse(text, words=vocabulary())
    return plain.told(tree, roles=choices.role_names(), regions=own)


def _explained(text: str) -> Told | None:
    """The same, or None for a sentence that names what is gone."""
    try:
        return explained(text)
    except errors.Refused:
        return None


@never_cache
@require_safe
@keepers(*READERS)
def segments_page(request: HttpRequest) -> HttpResponse:
    """All of them, each in plain words."""
    mine = scope(request, Role.AUTHOR)
    listed = [
        (one, _explained(one.text), saved.may_change(one, scope=mine))
        for one in Segment.objects.order_by("title")
    ]
    told = {"area": "people", "tab": "segments", "segments": listed}
    return render(request, "console/people/segments.html", told)


@never_cache
@require_http_methods(["GET", "POST"])
@keepers(Role.AUTHOR)
def segment(request: HttpRequest, key: str = "") -> HttpResponse:
    """Write one: count it, or save it. Without `key` a new one."""
    held = saved.find(key) if key else None
    initial = {"title": held.title, "text": held.text} if held else {}
    form = SegmentForm(request.POST or None, initial=initial)
    told: dict[str, object] = {"held": held, "form": form, "area": "people", "tab": "segments"}
    counted = held.text if held and request.method == "GET" else ""
    if request.method == "POST" and form.is_valid():
        counted = form.cleaned_data["text"]
        used = _used(held, by=person(request)) if held and "sure" not in request.POST else ""
        if request.POST.get("act") == "save" and used:
            told |= {"used": used}
        elif request.POST.get("act") == "save":
            _save(request, held, form)
            if not form.errors:
                messages.success(request, gettext("Saved."))
                return redirect("console:people-segments")
    if counted:
        told |= _count(request, counted)
    told |= {"places": choices.places(scope(request, Role.AUTHOR))}
    part = "HX-Request" in request.headers
    return render(request, f"console/people/{'counted' if part else 'segment'}.html", told)


def _count(request: HttpRequest, text: str) -> dict[str, object]:
    """How many, and the sentence in plain words."""
    found = saved.count(text, scope=scope(request, Role.AUTHOR))
    return {
        "counted": True,
        "sentence": text,
        "told": _explained(text),
        "n": found,
        "most": saved.COUNTED,
    }


def _save(request: HttpRequest, held: Segment | None, form: SegmentForm) -> None:
    given = form.cleaned_data
    codes = {"contacts.segment_taken": "title"}
    mine = scope(request, Role.AUTHOR)
    with acting.into(form, fields=codes), transaction.atomic():
        if held is None:
            key = saved.create(given["title"], given["text"], scope=mine).key
        else:
            key = held.key
            saved.change(key, title=given["title"], text=given["text"], scope=mine)
        journal.note(person(request), "segments.saved", f"segment:{key}", text=given["text"])


@never_cache
@require_http_methods(["GET", "POST"])
@keepers(Role.AUTHOR)
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """Ask once more, say where it is used, and take the name away. Twice is once."""
    held, mine = saved.find(key), scope(request, Role.AUTHOR)
    if not saved.may_change(held, scope=mine):
        raise errors.Refused("contacts.segment_not_yours", title=held.title)
    if request.method == "POST":
        with transaction.atomic():
            if saved.delete(key, scope=mine):
                journal.note(person(request), "segments.deleted", f"segment:{key}", text=held.text)
        messages.success(request, gettext("Deleted."))
        return redirect("console:people-segments")
    told = {
        "area": "people",
        "heading": gettext("Delete the segment “%(title)s”?") % {"title": held.title},
        "text": _used(held, by=person(request))
        or gettext("No open alert of your regions is for it. People are not touched."),
        "action": gettext("Delete"),
        "danger": True,
        "back": "/people/segments/",
    }
    return render(request, "console/parts/confirm.html", told)


def _used(held: Segment, *, by: User) -> str:
    """Which open alerts are for the same people: those of their regions; of others the tens."""
    states = [state.value for state in OPEN]
    using = list(Alert.objects.filter(segment=held.text, state__in=states).order_by("pk"))
    regions = access.regions_of(by, Role.REGISTRY_KEEPER, *READERS)
    mine = [alert for alert in using if access.common(regions, alert.scope)]
    others = (len(using) - len(mine)) // FEW * FEW
    told = []
    if mine:
        line = gettext("Open alerts have the same sentence: %(numbers)s. They keep it.")
        told.append(line % {"numbers": ", ".join(alert.number for alert in mine)})
    if others:
        line = gettext("So do at least %(n)s of other regions.")
        told.append(line % {"n": number(others)})
    return " ".join(told)
