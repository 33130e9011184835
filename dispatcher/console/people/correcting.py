"""Correcting one person: the fields by the rules of an import, and what they say of an address."""

from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from contacts import consent, errors, rights
from contacts.rights import Held, HeldAddress
from contacts.rows import Refusal
from dispatcher.console import acting
from dispatcher.console.door import person
from dispatcher.console.people import choices
from dispatcher.console.people.asking import keepers, scope
from dispatcher.operators import journal

SOURCE: Final = "console"
_LINES: Final = {"phone": "sms", "email": "email"}


class PersonForm(forms.Form):
    """What may be corrected; each field is read as an import reads its column."""

    name = forms.CharField(
        label=pgettext_lazy("of a contact", "Name"),
        required=False,
        max_length=300,
        widget=forms.TextInput({"dir": "auto"}),
    )
    region = forms.CharField(
        label=_("Country or region"),
        help_text=_("A country's name, or a code such as DE or US-CA."),
        required=False,
        max_length=100,
    )
    languages = forms.CharField(
        label=_("Languages"),
        help_text=_("The one they read best comes first. Names or codes, with commas between."),
        required=False,
        max_length=200,
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    phone = forms.CharField(
        label=_("Phone numbers"),
        help_text=_(
            "One a line, the one to try first on top. A number that is new is a new entry."
        ),
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "ltr", "inputmode": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail addresses"),
        help_text=_("One a line, the one to try first on top."),
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "ltr", "inputmode": "email"}),
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        help_text=_("Such as Europe/Berlin. Empty: that of the country."),
        required=False,
        max_length=60,
        widget=forms.TextInput({"dir": "ltr"}),
    )
    culture = forms.CharField(
        label=_("Culture"),
        help_text=_("Chooses between wordings that were written for different cultures."),
        required=False,
        max_length=40,
    )
    tags = forms.CharField(
        label=_("Tags"), help_text=_("With commas between."), required=False, max_length=600
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = choices.roles(nobody=False)  # type: ignore[attr-defined]

    def changes(self) -> dict[str, str]:
        """Field -> text of what was changed, as a cell of a spreadsheet."""
        return {name: _cell(self.cleaned_data[name]) for name in self.changed_data}


def _cell(value: str | list[str]) -> str:
    """One cell of what stands in several lines or boxes."""
    parts = value if isinstance(value, list) else value.splitlines()
    return ";".join(part.strip() for part in parts if part.strip())


def _held(held: Held) -> dict[str, object]:
    """The person as the form shows it."""
    live = [one for one in held.addresses if one.retired_at is None]
    return {
        "name": held.name,
        "region": held.region,
        "languages": ", ".join(held.languages),
        "roles": list(held.roles),
        "time_zone": held.time_zone,
        "culture": held.culture,
        "tags": ", ".join(held.tags),
        **{
            field: "\n".join(one.value for one in live if one.channel == channel)
            for field, channel in _LINES.items()
        },
    }


@never_cache
@require_http_methods(["GET", "POST"])
@keepers()
def correct(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The form, and what became of it. Sent twice it changes nothing the second time."""
    held = rights.show(contact_id, scope=scope(request))
    form = PersonForm(request.POST or None, initial=_held(held))
    if request.method == "POST" and form.is_valid():
        _write(request, contact_id, form)
        if not form.errors:
            messages.success(request, gettext("Corrected."))
            return redirect("console:people-person", contact_id)
    told = {"area": "people", "held": held, "form": form}
    return render(request, "console/people/correct.html", told)


def _write(request: HttpRequest, contact_id: int, form: PersonForm) -> None:
    """Nothing, or all that was changed, with its line in the journal."""
    fields = form.changes()
    if not fields:
        return
    with acting.into(form), transaction.atomic():
        for wrong in rights.correct(contact_id, scope=scope(request), fields=fields):
            form.add_error(wrong.column if wrong.column in form.fields else None, why(wrong))
        if not form.errors:
            journal.note(
                person(request),
                "contacts.corrected",
                f"contact:{contact_id}",
                fields=sorted(fields),
            )


def why(refusal: Refusal) -> str:
    """The sentence for one cell that was refused."""
    value = shortened(refusal.value)
    return errors.sentence(errors.Refused(refusal.code, value=value, line=refusal.line))


def shortened(text: str, *, most: int = 60) -> str:
    """A value short enough to be shown beside what is wrong with it."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


@never_cache
@require_POST
@keepers()
def confirm(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Somebody has made sure today that the entry is right."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with transaction.atomic():
        rights.correct(contact_id, scope=scope(request), fields={"confirmed": now})
        journal.note(
            person(request), "contacts.corrected", f"contact:{contact_id}", fields=["confirmed"]
        )
    messages.success(request, gettext("Confirmed as of today."))
    return redirect("console:people-person", contact_id)


_ACTS: Final = {
    "opt-out": "contacts.opted_out",
    "opt-in": "contacts.opted_in",
    "revive": "contacts.revived",
    "dead": "contacts.marked_dead",
}
"""What may be said of one address -> its word in the journal."""


@never_cache
@require_http_methods(["GET", "POST"])
@keepers()
def address(request: HttpRequest, contact_id: int, address_id: int, act: str) -> HttpResponse:
    """Ask once more, then write down what was said of one address. Twice is once."""
    held = rights.show(contact_id, scope=scope(request))
    found = next((one for one in held.addresses if one.address_id == address_id), None)
    if found is None or act not in _ACTS:
        raise Http404
    if request.method == "POST":
        with transaction.atomic():
            _say(act, address_id)
            journal.note(person(request), _ACTS[act], f"contact:{contact_id}", address=address_id)
        messages.success(request, gettext("Written down."))
        return redirect("console:people-person", contact_id)
    told = {"area": "people", "back": f"/people/{contact_id}/", **_asked(act, found)}
    return render(request, "console/parts/confirm.html", told)


def _say(act: str, address_id: int) -> None:
    match act:
        case "opt-out":
            consent.opt_out(address_id, source=SOURCE)
        case "opt-in":
            consent.opt_in(address_id, source=SOURCE)
        case "revive":
            consent.revive([address_id])
        case _:
            consent.mark_dead([address_id])


def _asked(act: str, found: HeldAddress) -> dict[str, object]:
    """The question, its explanation and its button."""
    value = shortened(found.value)
    match act:
        case "opt-out":
            heading = gettext("Send nothing more to %(address)s?")
            text = gettext(
                "Nothing of any kind will go to this address, warnings about life and health "
                "included, whoever else has it. It can be lifted when the person asks for it."
            )
            button = gettext("Send nothing more")
        case "opt-in":
            heading = gettext("May %(address)s be used again?")
            text = gettext(
                "Only if the person has said so. Messages may go to this address again from now on."
            )
            button = gettext("They have said so")
        case "revive":
            heading = gettext("Does %(address)s work again?")
            text = gettext("Its carrier called it dead. The next message will try it again.")
            button = gettext("It works")
        case _:
            heading = gettext("Is %(address)s dead?")
            text = gettext("It is skipped from now on, and the person's next address is tried.")
            button = gettext("It is dead")
    return {
        "heading": heading % {"address": value},
        "text": text,
        "action": button,
        "danger": act in {"opt-out", "dead"},
    }
