"""Addresses of who may act."""

from django.urls import URLPattern, path

from dispatcher.console.operators import (
    acts,
    allkeys,
    carriers,
    inviting,
    journal,
    keeping,
    listing,
)

urlpatterns: list[URLPattern] = [
    path("operators/", listing.operators, name="operators"),
    path("operators/invite/", inviting.invite, name="operator-invite"),
    path("operators/invitations/", inviting.invitations, name="invitations"),
    path("operators/offices/", inviting.offices, name="offices"),
    path("operators/keys/", allkeys.key_list, name="operator-keys"),
    path("operators/keys/<str:prefix>/revoke/", allkeys.key_revoke, name="operator-key-revoke"),
    path("operators/journal/", journal.journal, name="journal"),
    path("operators/journal.csv", journal.journal_file, name="journal-file"),
    path("operators/carriers/", carriers.carriers, name="carriers"),
    path("operators/carriers/<str:mode>/<str:account>/", carriers.carrier_try, name="carrier-try"),
    path("operators/kept/", keeping.keeping, name="keeping"),
    path("operators/<int:number>/", listing.operator, name="operator"),
    path("operators/<int:number>/grant/", acts.grant, name="operator-grant"),
    path("operators/<int:number>/appoint/", acts.appoint, name="operator-appoint"),
    path(
        "operators/<int:number>/withdraw/<str:role>/<str:region>/",
        acts.withdraw,
        name="operator-withdraw",
    ),
    path("operators/<int:number>/dismiss/<str:office>/", acts.dismiss, name="operator-dismiss"),
    path("operators/<int:number>/leave/", acts.switch_off, name="operator-leave"),
    path("operators/<int:number>/anew/", acts.restart, name="operator-anew"),
    path("operators/<int:number>/link/", acts.link, name="operator-link"),
]
