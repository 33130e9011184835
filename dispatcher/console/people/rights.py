"""What a person may ask of us: everything that is held of them, and to be forgotten."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contacts import exporting, rights
from contacts.rights import Held
from dispatcher.alerts import erasure
from dispatcher.console import acting
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person
from dispatcher.console.people.asking import keepers, scope
from dispatcher.ledger import told
from dispatcher.operators import journal

_MEDIA: Final = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


@never_cache
@require_safe
@keepers()
@fresh
def held(request: HttpRequest, contact_id: int, kind: str) -> HttpResponse:
    """All that we hold of one person as a file; that it was taken is on record."""
    if kind not in _MEDIA:
        raise Http404
    found = rights.show(contact_id, scope=scope(request))
    whole = everything(found)
    journal.note(person(request), "contacts.shown", f"contact:{contact_id}", file=kind)
    content = _json(whole) if kind == "json" else _csv(whole)
    answer = HttpResponse(content, content_type=_MEDIA[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="person-{contact_id}.{kind}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def everything(found: Held) -> dict[str, Any]:
    """The entry, the messages and the replies of one person as plain values."""
    ids = [address.address_id for address in found.addresses]
    return {
        **asdict(found),
        "messages": [asdict(one) for one in told.messages(found.contact_id, address_ids=ids)],
        "replies": [asdict(one) for one in told.written(found.contact_id)],
    }


def _json(whole: dict[str, Any]) -> bytes:
    return json.dumps(whole, ensure_ascii=False, indent=2, default=_text).encode()


def _csv(whole: dict[str, Any]) -> bytes:
    """One value a line, behind its path; a text that a spreadsheet would run is defused."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(["field", "value"])
    writer.writerows([path, exporting.defused(text)] for path, text in _flat("", whole))
    return file.getvalue().encode("utf-8-sig")


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Each plain value with the way to it: addresses.1.value."""
    if isinstance(value, dict):
        pairs: Iterable[tuple[object, object]] = value.items()
    elif isinstance(value, list | tuple):
        pairs = enumerate(value, 1)
    else:
        yield path, _text(value)
        return
    for name, inner in pairs:
        yield from _flat(f"{path}.{name}" if path else exporting.defused(str(name)), inner)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


class ForgetForm(forms.Form):
    """The word by which one says that one means it."""

    word = forms.CharField(
        label=_("Your word"), max_length=40, widget=forms.TextInput({"autocomplete": "off"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["word"].label = gettext("Type “%(word)s”") % {"word": word()}

    def clean_word(self) -> str:
        """Case and outer space do not matter."""
        given: str = self.cleaned_data["word"]
        if given.strip().casefold() != word().casefold():
            raise forms.ValidationError(gettext("This is another word. Nothing was erased."))
        return given


def word() -> str:
    """The word to type, in the reader's language."""
    return pgettext("word typed to confirm an erasure", "forget")


@never_cache
@require_http_methods(["GET", "POST"])
@keepers()
@fresh
def forget(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Asks for a word, erases, and says what remains."""
    found = rights.show(contact_id, scope=scope(request))
    form = ForgetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with acting.into(form):
            erasure.forget(contact_id, by=person(request))
        if not form.errors:
            messages.success(request, gettext("Forgotten. Sums of what was sent stay true."))
            return redirect("console:people")
    shown = {"area": "people", "held": found, "form": form}
    return render(request, "console/people/forget.html", shown)
