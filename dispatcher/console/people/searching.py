"""The way in: finding people of one's regions."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contacts import finding
from contacts.finding import Wanted
from contacts.regions import Scope
from dispatcher.console import acting
from dispatcher.console.people import choices
from dispatcher.console.people.asking import keepers, scope
from dispatcher.console.people.page import row


class SearchForm(forms.Form):
    """What is known of the people who are looked for."""

    q = forms.CharField(
        label=_("Name, phone, e-mail or reference"),
        help_text=_(
            "The beginning is enough: three letters of a name. A phone number as people dial it."
        ),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)
    region = forms.CharField(
        label=_("Country or region"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"list": "places", "dir": "auto"}),
    )
    language = forms.CharField(
        label=_("First language"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "tongues", "dir": "auto"}),
    )
    state = forms.ChoiceField(label=_("With"), required=False, choices=list(choices.STATES.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = choices.roles()  # type: ignore[attr-defined]

    def clean_region(self) -> str:
        """As a code."""
        return choices.region(self.cleaned_data["region"])

    def clean_language(self) -> str:
        """As a tag."""
        return choices.language(self.cleaned_data["language"])

    def wanted(self, after: str) -> Wanted:
        """What is asked of the registry."""
        asked = self.cleaned_data
        return Wanted(
            text=asked["q"],
            role=asked["role"],
            region=asked["region"],
            language=asked["language"],
            state=asked["state"],
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0,  # noqa: PLR2004  (a bigint)
        )


@never_cache
@require_safe
@keepers()
def people(request: HttpRequest) -> HttpResponse:
    """Search and its first page; with nothing asked, the people in the order they came."""
    inside = scope(request)
    form = SearchForm(request.GET or {})
    told: dict[str, object] = {"rows": (), "after": "", "found": None}
    if form.is_valid():
        with acting.into(form, fields={"contacts.region_unknown": "region"}):
            told |= _found(form, inside, request.GET.get("after", ""))
    asked = {name: text for name, text in request.GET.items() if text and name != "after"}
    told |= {
        "area": "people",
        "tab": "search",
        "form": form,
        "asked": bool(asked),
        "narrowed": bool(asked.keys() - {"q"}),
        "query": urlencode(asked),
        "later": "after" in request.GET,
        "places": choices.places(inside),
    }
    return render(request, "console/people/search.html", told)


def _found(form: SearchForm, inside: Scope, after: str) -> dict[str, object]:
    """A page of people, and how many there are where that is quickly told."""
    page, found = finding.look(form.wanted(after), scope=inside)
    names = choices.role_names()
    return {
        "rows": [row(one, names) for one in page.people],
        "after": page.after,
        "found": found,
    }
