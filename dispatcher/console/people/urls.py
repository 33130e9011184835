"""Addresses of the contact registry."""

from django.urls import URLPattern, path

from dispatcher.console.people import (
    correcting,
    fresh,
    lending,
    rights,
    searching,
    segmenting,
    shown,
    taking,
    uploading,
)

urlpatterns: list[URLPattern] = [
    path("people/", searching.people, name="people"),
    path("people/import/", uploading.begin, name="people-imports"),
    path("people/import/<int:upload_id>/", uploading.one, name="people-import"),
    path("people/import/<int:upload_id>/state", uploading.state, name="people-import-state"),
    path("people/import/<int:upload_id>/apply", uploading.apply, name="people-import-apply"),
    path("people/import/<int:upload_id>/again", uploading.again, name="people-import-again"),
    path("people/import/<int:upload_id>/drop", uploading.drop, name="people-import-drop"),
    path(
        "people/import/<int:upload_id>/rejected.csv",
        uploading.rejected,
        name="people-import-rejected",
    ),
    path("people/export/", taking.export, name="people-export"),
    path("people/fresh/", fresh.fresh, name="people-fresh"),
    path("people/fresh/count", fresh.count, name="people-fresh-count"),
    path("people/segments/", segmenting.segments_page, name="people-segments"),
    path("people/segments/new", segmenting.segment, name="people-segment-new"),
    path("people/segments/<slug:key>/", segmenting.segment, name="people-segment"),
    path("people/segments/<slug:key>/delete", segmenting.delete, name="people-segment-delete"),
    path("people/lists/", lending.listed, name="people-lists"),
    path("people/lists/<int:list_id>/erase", lending.erase, name="people-list-erase"),
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
