"""Keepers of the registry, and the cast of people whom they keep."""

from pathlib import Path

import pytest

from contacts.importing import import_file
from contacts.models import Contact, Role
from contacts.regions import Scope
from dispatcher.operators import roles

CAST = Path("contacts/samples/cast.csv")
ROLES = (
    *("customer", "community", "retailer", "distributor", "employee", "patient", "clinician"),
    "media",
)


@pytest.fixture
def cast(db):  # noqa: ARG001
    """The people of `samples/cast.csv`: reference -> contact id.

    A browser test empties all tables when it ends, the roles that a migration made among them.
    """
    Role.objects.bulk_create([Role(key, key.title()) for key in ROLES], ignore_conflicts=True)
    assert import_file(CAST, by="tests", scope=Scope.everything()).applied
    return dict(Contact.objects.values_list("reference", "pk"))


@pytest.fixture
def keeper(operator):
    """Ingrid keeps the registry of the whole world."""
    return operator("ingrid.dahl", "001", role=roles.Role.REGISTRY_KEEPER, name="Ingrid Dahl")


@pytest.fixture
def keeper_of(operator):
    """Make a keeper of some regions only."""

    def make(*regions, language="en"):
        name = f"keeper.{'-'.join(regions).lower()}"
        return operator(name, *regions, role=roles.Role.REGISTRY_KEEPER, language=language)

    return make
