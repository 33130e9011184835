"""Addresses of the contact registry."""

from django.urls import URLPattern, path

from dispatcher.console.people import correcting, rights, searching, shown

urlpatterns: list[URLPattern] = [
    path("people/", searching.people, name="people"),
    path("people/<int:contact_id>/", shown.one, name="people-person"),
    path("people/<int:contact_id>/correct", correcting.correct, name="people-correct"),
    path("people/<int:contact_id>/confirm", correcting.confirm, name="people-confirm"),
    path(
        "people/<int:contact_id>/address/<int:address_id>/<slug:act>",
        correcting.address,
        name="people-address",
    ),
    path("people/<int:contact_id>/held.<slug:kind>", rights.held, name="people-held"),
    path("people/<int:contact_id>/forget", rights.forget, name="people-forget"),
]
