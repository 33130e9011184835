"""Addresses of what was sent: the list, the report, its living part, its files."""

from django.urls import path

from dispatcher.console.dispatches import views

urlpatterns = [
    path("dispatches/", views.dispatches, name="dispatches"),
    path("dispatches/<int:dispatch_id>/", views.dispatch, name="dispatch"),
    path("dispatches/<int:dispatch_id>/live", views.dispatch_live, name="live"),
    path("dispatches/<int:dispatch_id>/report.<str:kind>", views.dispatch_file, name="file"),
]
