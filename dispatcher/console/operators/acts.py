"""What is done to an operator: given, taken back, appointed, dismissed, let go, begun anew."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dispatcher.console import acting
from dispatcher.console.account.fresh import fresh
from dispatcher.console.door import person
from dispatcher.console.operators import page
from dispatcher.console.operators.admins import admins
from dispatcher.console.operators.forms import Appointing, Granting, places
from dispatcher.console.operators.listing import found
from dispatcher.operators import keys, roster
from dispatcher.operators.models import Office, User
from dispatcher.operators.roles import NAMES, Role
from dispatcher.reports.words import region_name


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins
@fresh
def grant(request: HttpRequest, number: int) -> HttpResponse:
    """A role in a region; for translators, languages."""
    user = found(number)
    form = Granting(request.POST or None, prefix="grant")
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with acting.into(form):
            roster.grant(
                user, told["role"], over=[told["region"]], by=person(request),
                languages=told["languages"] if told["role"] == Role.TRANSLATOR else (),
            )  # fmt: skip
        if not form.errors:
            messages.success(request, gettext("The role is given."))
            return redirect("console:operator", user.pk)
    return _form(request, user, form, gettext("Give a role"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins
@fresh
def appoint(request: HttpRequest, number: int) -> HttpResponse:
    """A seat in an office."""
    user = found(number)
    form = Appointing(request.POST or None, prefix="appoint")
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        with acting.into(form, fields={"operators.unknown_office": "office"}):
            roster.appoint(user, roster.Seat(told["office"], told["deputy"]), by=person(request))
        if not form.errors:
            messages.success(request, gettext("Appointed."))
            return redirect("console:operator", user.pk)
    return _form(request, user, form, gettext("Appoint to an office"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins
@fresh
def withdraw(request: HttpRequest, number: int, role: str, region: str) -> HttpResponse:
    """Asks, then takes the role back."""
    user = found(number)
    if not user.memberships.filter(role=role, region=region).exists():
        raise Http404
    text = gettext("%(name)s will no longer be %(role)s in this region: %(region)s.") % {
        "name": user.get_full_name(), "role": NAMES[Role(role)], "region": region_name(region),
    }  # fmt: skip
    return _asked(
        request, user, heading=gettext("Take this role back?"), text=text,
        action=gettext("Take it back"), done=gettext("The role is taken back."),
        act=lambda: roster.withdraw(user, role, over=[region], by=person(request)),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins
@fresh
def dismiss(request: HttpRequest, number: int, office: str) -> HttpResponse:
    """Asks, then takes the person out of the office."""
    user, seat = found(number), Office.objects.filter(key=office).first()
    if seat is None or not user.offices.filter(office=seat).exists():
        raise Http404
    text = gettext("%(name)s will no longer approve for this office: %(office)s.") % {
        "name": user.get_full_name(), "office": seat,
    }  # fmt: skip
    return _asked(
        request, user, heading=gettext("Dismiss from this office?"), text=text,
        action=gettext("Dismiss"), done=gettext("Dismissed."),
        act=lambda: roster.dismiss(user, office=office, by=person(request)),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins
@fresh
def switch_off(request: HttpRequest, number: int) -> HttpResponse:
    """Asks, then lets the person go."""
    user = found(number)
    text = gettext(
        "%(name)s is signed out everywhere at once and cannot come back. Roles and offices go, "
        "keys are void; the journal keeps the name."
    ) % {"name": user.get_full_name()}
    return _asked(
        request, user, heading=gettext("Does this person leave?"), text=text,
        action=gettext("They leave"), done=gettext("They have left."),
        act=lambda: roster.switch_off(user, by=person(request)),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@admins
@fresh
def restart(request: HttpRequest, number: int) -> HttpResponse:
    """Asks, then closes every way in and shows an invitation."""
    user = found(number)
    text = gettext(
        "For somebody who has lost the phone or the password: %(name)s is signed out everywhere; "
        "password, passkeys, codes and keys are void. You get an invitation to hand over. Make "
        "sure that it is really them who asks."
    ) % {"name": user.get_full_name()}
    told = {"heading": gettext("Begin anew with this person?"), "text": text}
    if request.method == "POST":
        shown = keys.restart(user, by=person(request))
        return handed_over(request, shown)
    return _confirm(request, user, **told, action=gettext("Begin anew"))


@never_cache
@require_POST
@admins
@fresh
def link(request: HttpRequest, number: int) -> HttpResponse:
    """A link that signs the person in once, to hand over."""
    user = found(number)
    if not user.is_active:
        raise Http404
    return handed_over(request, keys.link(user, by=person(request)))


def handed_over(request: HttpRequest, shown: keys.Shown) -> HttpResponse:
    """The page that shows an invitation or a link in the only moment in which it exists."""
    told = {
        "shown": shown,
        "who": shown.key.user,
        "address": f"{settings.PUBLIC_URL}{reverse('console:enter', args=[shown.text])}",
        "invited": shown.key.purpose == shown.key.INVITATION,
        "area": "operators",
        "tab": "operators",
    }
    return render(request, "console/operators/hand_over.html", told)


def _asked(
    request: HttpRequest,
    user: User,
    *,
    heading: str,
    text: str,
    action: str,
    done: str,
    act: Callable[[], None],
) -> HttpResponse:
    """The page that asks; on POST the deed. What is refused becomes a page with its sentence."""
    if request.method == "POST":
        act()
        messages.success(request, done)
        return redirect("console:operator", user.pk)
    return _confirm(request, user, heading=heading, text=text, action=action)


def _confirm(
    request: HttpRequest, user: User, *, heading: str, text: str, action: str
) -> HttpResponse:
    told = {
        "heading": heading,
        "text": text,
        "action": action,
        "back": reverse("console:operator", args=[user.pk]),
        "danger": True,
        "area": "operators",
    }
    return render(request, "console/parts/confirm.html", told)


def _form(
    request: HttpRequest, user: User, form: Granting | Appointing, heading: str
) -> HttpResponse:
    told = {
        "line": page.operator(user),
        "form": form,
        "heading": heading,
        "places": places(),
        "area": "operators",
        "tab": "operators",
    }
    return render(request, "console/operators/form.html", told)
