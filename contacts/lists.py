"""Private lists: which there are, for somebody who may see people of them."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from contacts.models import AdHocList, Contact
from contacts.regions import Scope


def named(*, scope: Scope) -> dict[int, str]:
    """{number: name} of the lists that are not erased and hold somebody inside, newest first."""
    found = AdHocList.objects.filter(erased_at=None).order_by("-pk")
    inside = scope.codes()
    if inside is not None:
        there = Contact.objects.filter(list=OuterRef("pk"), forgotten_at=None)
        found = found.filter(Exists(there.filter(Q(country__in=inside) | Q(region__in=inside))))
    return dict(found.values_list("pk", "name"))


def elsewhere(list_id: int, *, scope: Scope) -> bool:
    """Whether a list has people, and none of them lives inside the scope."""
    inside = scope.codes()
    people = Contact.objects.filter(list=list_id, forgotten_at=None)
    if inside is None or not people.exists():
        return False
    return not people.filter(Q(country__in=inside) | Q(region__in=inside)).exists()


def visible(list_ids: Iterable[int], *, scope: Scope) -> set[int]:
    """Those of these lists in which nobody lives outside the scope: as who may erase them."""
    asked = set(list_ids)
    inside = scope.territory()
    homes = Contact.objects.filter(list_id__in=asked, forgotten_at=None)
    outside = {
        of_list
        for of_list, region in homes.values_list("list_id", "region").distinct()
        if not inside.holds(region)
    }
    return asked - outside
