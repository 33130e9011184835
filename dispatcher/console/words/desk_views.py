"""The desk's pages: read, write, check, accept, return, ask for a draft."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dispatcher.alerts import desk as alerts
from dispatcher.alerts import scenarios
from dispatcher.console import acting
from dispatcher.console.account import proof
from dispatcher.console.door import for_roles, person
from dispatcher.console.saying import said
from dispatcher.console.words import desk, names, shelf
from dispatcher.console.words.desk import Place, Sheet
from dispatcher.console.words.forms import Drafting, NewText, Reason, TextForm
from dispatcher.console.words.views import READERS
from dispatcher.kit.errors import Refused
from dispatcher.operators.models import User
from dispatcher.operators.roles import Role
from dispatcher.reports import words
from dispatcher.wording import bench, drafting, owning, tags
from dispatcher.wording.catalogs import SHIPPED
from dispatcher.wording.models import Template
from dispatcher.wording.rendering import FIELDS

WRITERS = (Role.TRANSLATOR, Role.AUTHOR)
Deed = Callable[..., object]
"""A service of the bench that takes a version, `by` and a `reason`."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def text(request: HttpRequest, key: str, channel: str, locale: str) -> HttpResponse:
    """One text in one language; POST saves what was written as a new version."""
    user = person(request)
    template = _visible(user, key, channel)
    page = desk.sheet(template, locale, by=user)
    held = page.version.fields if page.version else {}
    form = TextForm(
        request.POST if request.method == "POST" else None,
        fields=desk.ordered(template.source),
        locale=page.locale,
        initial={**held, "seen": page.version.pk if page.version else None},
    )
    if request.method == "POST" and form.is_valid():
        answer = _save(request, page, form)
        if answer is not None:
            return answer
    return _page(request, page, form)


@never_cache
@require_POST
@for_roles(*READERS)
def check(request: HttpRequest, key: str, channel: str, locale: str) -> HttpResponse:
    """What the gate says of the text in the form, and how it looks; nothing is saved."""
    template = _visible(person(request), key, channel)
    form = TextForm(
        request.POST, fields=desk.ordered(template.source), locale=tags.canonical(locale)
    )
    fields = form.texts() if form.is_valid() else {}
    return render(request, "console/words/judged.html", _judged(template, locale, fields))


@never_cache
@require_POST
@for_roles(Role.TRANSLATOR)
def accept(request: HttpRequest, number: int) -> HttpResponse:
    """Vouch for a version; the next text that waits comes after it."""
    user = person(request)
    found = _version(user, number)
    template = found.template
    name = template.key.partition(".")[0]
    eyes = scenarios.load(name).four_eyes if name in scenarios.names() else True
    try:
        bench.accept(number, by=user, four_eyes=eyes)
    except bench.Unsound as unsound:
        for one in desk.told(unsound.findings):
            messages.error(request, one.text)
        return redirect("console:words-text", template.key, template.channel, found.locale)
    messages.success(
        request,
        gettext("Accepted: %(text)s, in %(language)s. Your name stands for it.")
        % {"text": names.key_name(template.key), "language": words.language_name(found.locale)},
    )
    return _onward(template, found.locale)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.TRANSLATOR)
def accept_again(request: HttpRequest, number: int) -> HttpResponse:
    """Vouch for a stale text against the new source, with a reason."""
    return _with_reason(
        request,
        number,
        heading=gettext("Accept again, against the new source"),
        about=gettext(
            "Only where the change in the source did not touch the meaning of this text. Your "
            "name and your reason are kept."
        ),
        action=gettext("Accept again"),
        act=bench.accept_again,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.TRANSLATOR)
def send_back(request: HttpRequest, number: int) -> HttpResponse:
    """Return a text to its writers, with a reason."""
    return _with_reason(
        request,
        number,
        heading=gettext("Return this text"),
        about=gettext("It cannot be sent until somebody has mended it and somebody accepts it."),
        action=gettext("Return it"),
        act=bench.send_back,
    )


@never_cache
@require_POST
@for_roles(*WRITERS)
def ask_review(request: HttpRequest, number: int) -> HttpResponse:
    """Hand a machine draft on as it stands."""
    user = person(request)
    found = _version(user, number)
    try:
        bench.ask_review(number, by=user)
    except bench.Unsound as unsound:
        for one in desk.told(unsound.findings):
            messages.error(request, one.text)
    else:
        messages.success(request, gettext("It waits for somebody who vouches for the language."))
    return redirect("console:words-text", found.template.key, found.template.channel, found.locale)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for machine drafts of all channels of a text; says how far earlier ones came."""
    user = person(request)
    if key not in shelf.keys_for(user):
        raise Refused("alerts.unknown", number=key)
    scenario = _scenario_of(key)
    locales = [tag for tag in SHIPPED if tag not in _sources(key)]
    form = Drafting(request.POST or None, locales=locales, initial={"locales": locales})
    if request.method == "POST" and form.is_valid():
        with acting.into(form):
            made = drafting.ask(
                [key], scenario=scenario, locales=form.cleaned_data["locales"], by=user,
                back=form.cleaned_data["back"],
            )  # fmt: skip
        if not form.errors:
            note = ngettext(
                "%(n)s draft asked for; it appears here as soon as it is made.",
                "%(n)s drafts asked for; they appear here as they are made.",
                len(made),
            )
            messages.success(request, note % {"n": len(made)})
            return redirect("console:words-draft", key)
    progress = drafting.progress([key])
    told = {
        "area": "words",
        "crumbs": _crumbs(key),
        "key": key,
        "form": form,
        "engines": drafting.allowed(scenario),
        "scenario": scenario,
        "progress": progress,
        "failures": [
            {"name": text.rpartition(".")[2], "locale": locale, "why": said(error)}
            for text, locale, error in progress.failed
        ],
    }
    return render(request, "console/words/draft.html", told)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.AUTHOR)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a text, or write an existing one anew in another language: it becomes the source."""
    form = NewText(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        address = reverse("console:words-source", args=[told["key"].strip(), told["channel"]])
        return redirect(f"{address}?{urlencode({'language': told['language']})}")
    return render(request, "console/words/new.html", {"area": "words", "form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.AUTHOR)
def source(request: HttpRequest, key: str, channel: str) -> HttpResponse:
    """Write what is to be said; all texts that were written against another source turn stale.

    What all alerts say asks for a fresh proof, and whether one knows how many languages go stale;
    one alert's own words ask nothing: they may have to be said now.
    """
    user = person(request)
    template = Template.objects.filter(key=key, channel=channel).first()
    if not owning.reads(user, key) or (template and key not in shelf.keys_for(user)):
        raise Refused("alerts.unknown", number=key)
    owning.require(owning.writes(user, key), user, key)
    if channel not in FIELDS:
        raise Refused("wording.channel_unknown", channel=channel, known=", ".join(FIELDS))
    known = template.source_language if template else "en"
    language = tags.canonical(request.GET.get("language") or known)
    held = template.source if template and template.source_language == language else {}
    form = TextForm(
        request.POST or None,
        fields=[name for name in names.ORDER if name in FIELDS[channel]],
        locale=language,
        initial={**held, "seen": None},
    )
    asked: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        asked = _unasked(request, key, channel, language, form)
        if not asked and not form.errors:
            with acting.into(form):
                bench.write(
                    key, channel=channel, language=language, fields=form.texts(), by=user,
                    outdates=_told(request),
                )  # fmt: skip
            if not form.errors:
                messages.success(
                    request, gettext("Saved. Every other language now waits for its translator.")
                )
                return redirect("console:words-text", key, channel, language)
    told = {
        "area": "words",
        "crumbs": _crumbs(key),
        "key": key,
        "channel": channel,
        "language": language,
        "form": form,
        "asked": asked,
        "prove": owning.owner(key).shared and not proof.is_fresh(request),
        "template": template,
        "preview": desk.preview(held, channel=channel, locale=language) if held else None,
    }
    return render(request, "console/words/source.html", told)


def _unasked(
    request: HttpRequest, key: str, channel: str, language: str, form: TextForm
) -> tuple[str, ...]:
    """The languages that go stale, unless the person has said that they know how many."""
    if not owning.owner(key).shared:
        return ()
    if not proof.is_fresh(request):
        form.add_error(None, gettext("Prove again who you are; your text stays in the form."))
        return ()
    stale: tuple[str, ...] = ()
    with acting.into(form):
        stale = bench.outdated(key, channel=channel, language=language, fields=form.texts())
    return stale if len(stale) > _told(request) else ()


def _told(request: HttpRequest) -> int:
    """How many languages the person was told of."""
    told = request.POST.get("outdates", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 0  # noqa: PLR2004  # languages


def _save(request: HttpRequest, page: Sheet, form: TextForm) -> HttpResponse | None:
    """A new version, unless somebody saved another one meanwhile: then the form keeps its text."""
    template, user = page.template, person(request)
    may = owning.writes if page.is_source else owning.translates
    owning.require(may(user, template.key), user, template.key)
    known = page.version is not None and form.texts() == dict(page.version.fields)
    if page.version and form.cleaned_data["seen"] != page.version.pk and not known:
        note = gettext(
            "%(who)s has saved another version since you opened this page. Yours is still in the "
            "form; compare it with theirs below before you save again."
        )
        form.add_error(None, note % {"who": page.version.written_by or gettext("Somebody")})
        form.data = {**request.POST.dict(), "seen": str(page.version.pk)}
        return None
    if page.is_source:
        return source(request, template.key, template.channel)
    with acting.into(form):
        bench.edit(
            template.key, channel=template.channel, locale=page.locale,
            fields=form.texts(), by=user,
        )  # fmt: skip
    if form.errors:
        return None
    messages.success(request, gettext("Saved."))
    if "next" in request.POST:
        return _onward(template, page.locale)
    return redirect("console:words-text", template.key, template.channel, page.locale)


def _page(request: HttpRequest, page: Sheet, form: TextForm) -> HttpResponse:
    fields = form.texts() if form.is_bound and form.is_valid() else {}
    if not fields and page.version:
        fields = dict(page.version.fields)
    told = {
        "area": "words",
        "crumbs": _crumbs(page.template.key),
        "sheet": page,
        "form": form,
        "theirs": page.version if form.errors and page.version else None,
        **_judged(page.template, page.locale, fields),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "console/words/text.html", told, status=status)


def _judged(template: Template, locale: str, fields: dict[str, str]) -> dict[str, object]:
    if not fields:
        return {"findings": (), "preview": None, "judged": False}
    return {
        "findings": desk.examine(template, locale, fields),
        "preview": desk.preview(fields, channel=template.channel, locale=locale),
        "judged": True,
    }


def _with_reason(
    request: HttpRequest,
    number: int,
    *,
    heading: str,
    about: str,
    action: str,
    act: Deed,
) -> HttpResponse:
    user = person(request)
    found = _version(user, number)
    where = (found.template.key, found.template.channel, found.locale)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with acting.into(form):
            act(number, by=user, reason=form.cleaned_data["reason"])
        if not form.errors:
            messages.success(request, gettext("Done, and on record."))
            return redirect("console:words-text", *where)
    told = {"area": "words", "heading": heading, "text": about, "action": action, "form": form,
            "back": reverse("console:words-text", args=where)}  # fmt: skip
    return render(request, "console/parts/confirm.html", told)


def _visible(user: User, key: str, channel: str) -> Template:
    """The text, if the person may see it; what they may not see is not there."""
    if key not in shelf.keys_for(user):
        raise Refused("alerts.unknown", number=key)
    return desk.find(key, channel)


def _version(user: User, number: int) -> Place:
    found = desk.place(number)
    if found is None or found.template.key not in shelf.keys_for(user):
        raise Refused("alerts.unknown", number=number)
    return found


def _onward(template: Template, locale: str) -> HttpResponseRedirect:
    """To the next text of this language that waits."""
    address = reverse("console:words-next", args=[locale])
    after = urlencode({"key": template.key, "channel": template.channel})
    return HttpResponseRedirect(f"{address}?{after}")


def _scenario_of(key: str) -> str:
    """Whose engines may be asked: of an alert's own words those of its scenario."""
    name = key.partition(".")[0]
    if name.startswith("alert:"):
        return alerts.find(name.removeprefix("alert:")).scenario
    return name


def _sources(key: str) -> set[str]:
    return set(Template.objects.filter(key=key).values_list("source_language", flat=True))


def _crumbs(key: str) -> list[dict[str, str]]:
    return [
        {"name": gettext("Words"), "href": reverse("console:words")},
        {"name": names.key_name(key), "href": ""},
    ]
