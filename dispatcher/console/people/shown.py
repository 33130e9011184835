"""One person: who they are, how they can be reached, what they were sent and what they said."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contacts import reach, rights
from dispatcher.console.door import person
from dispatcher.console.people import choices, page
from dispatcher.console.people.asking import keepers, scope
from dispatcher.ledger import told
from dispatcher.operators import access
from dispatcher.operators.roles import READERS


@never_cache
@require_safe
@keepers()
def one(request: HttpRequest, contact_id: int) -> HttpResponse:
    """All of one page; 404 for whoever lives elsewhere."""
    held = rights.show(contact_id, scope=scope(request))
    ids = [address.address_id for address in held.addresses]
    live, past = page.places(
        held, safety=reach.doors(ids, kind="safety"), news=reach.doors(ids, kind="news")
    )
    titles = choices.role_names()
    shown = {
        "area": "people",
        "held": held,
        "live": live,
        "past": past,
        "roles": [titles.get(key, key) for key in held.roles],
        "attributes": sorted(held.attributes.items()),
        "said": page.consents(held.said),
        "messages_sent": page.lines(told.messages(contact_id, address_ids=ids)),
        "written": told.written(contact_id),
        "reads_reports": bool(access.regions_of(person(request), *READERS)),
        "stale": page.stale(held, live),
    }
    return render(request, "console/people/person.html", shown)
