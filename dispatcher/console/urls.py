"""Addresses of the pages."""

from django.urls import path
from django.views.i18n import set_language

from dispatcher.console import signing, views

app_name = "console"
urlpatterns = [
    path("", views.dispatches, name="dispatches"),
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("language/", set_language, name="language"),
    path("dispatches/<int:dispatch_id>/", views.dispatch, name="dispatch"),
    path("dispatches/<int:dispatch_id>/live", views.dispatch_live, name="live"),
    path("dispatches/<int:dispatch_id>/report.<str:kind>", views.dispatch_file, name="file"),
]
