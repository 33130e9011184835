"""The glossary's pages: what a term is called in each language, and what it never is."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dispatcher.console import acting
from dispatcher.console.door import for_roles, person
from dispatcher.console.words.views import READERS
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from dispatcher.reports import words
from dispatcher.wording import glossary as kept
from dispatcher.wording.catalogs import SHIPPED
from dispatcher.wording.glossary import Term


class TermForm(forms.Form):
    """A term of the sources in one language."""

    term = forms.CharField(label=_("Term in the source"), max_length=kept.LONGEST)
    locale = forms.ChoiceField(label=_("Language"))
    names = forms.CharField(
        label=_("What it is called there"),
        required=False,
        help_text=_("One a line, the preferred one first; a star stands for any ending: Rückruf*."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    forbidden = forms.CharField(
        label=_("What it is never called"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    keep = forms.BooleanField(label=_("It stays as it is written: a name"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: object, by: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["locale"]
        assert isinstance(field, forms.ChoiceField)
        every = [("", _("Every language"))] if kept.may(by, "") else []
        mine = [tag for tag in SHIPPED if kept.may(by, tag)]
        field.choices = [*every, *((tag, words.language_name(tag)) for tag in mine)]
        field.required = not every

    def wanted(self) -> Term:
        """The term as the glossary takes it."""
        told = self.cleaned_data
        return Term(
            told["term"],
            told["locale"],
            names=_lines(told["names"]),
            forbidden=_lines(told["forbidden"]),
            keep=told["keep"],
            note=told["note"],
        )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def glossary(request: HttpRequest) -> HttpResponse:
    """All terms, or those of one language; POST enters or changes one."""
    user = person(request)
    locale = request.GET.get("locale", "")
    form = TermForm(request.POST or None, by=user, initial={"locale": locale})
    if request.method == "POST" and form.is_valid():
        with acting.into(form):
            kept.put(form.wanted(), by=user)
        if not form.errors:
            messages.success(request, gettext("Kept, and looked for from now on."))
            return redirect("console:words-glossary")
    told = {
        "area": "words",
        "terms": [(term, kept.may(user, term.locale)) for term in kept.terms(locale=locale)],
        "locale": locale,
        "locales": SHIPPED,
        "form": form if form.fields["locale"].choices else None,  # type: ignore[attr-defined]
    }
    return render(request, "console/words/glossary.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.TRANSLATOR, Role.ADMIN)
def strike(request: HttpRequest) -> HttpResponse:
    """Take a term out, after a question."""
    asked = request.POST if request.method == "POST" else request.GET
    term, locale = asked.get("term", ""), asked.get("locale", "")
    language = asked.get("source", "en")
    if request.method == "POST":
        kept.remove(term, locale=locale, by=person(request), source_language=language)
        messages.success(request, gettext("It is no longer in the glossary."))
        return redirect("console:words-glossary")
    told = {
        "area": "words",
        "term": term,
        "locale": locale,
        "source": language,
    }
    return render(request, "console/words/strike.html", told)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (line.strip() for line in text.splitlines())))
