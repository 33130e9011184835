"""Addresses of the pages, one list for each area."""

from django.urls import URLPattern, path
from django.views.i18n import set_language

from dispatcher.console.account.urls import urlpatterns as account
from dispatcher.console.alerts.urls import urlpatterns as alerts
from dispatcher.console.dispatches.urls import urlpatterns as dispatches
from dispatcher.console.home.urls import urlpatterns as home
from dispatcher.console.operators.urls import urlpatterns as operators
from dispatcher.console.people.urls import urlpatterns as people
from dispatcher.console.words.urls import urlpatterns as words

app_name = "console"
urlpatterns: list[URLPattern] = [
    path("language/", set_language, name="language"),
    *account,
    *home,
    *alerts,
    *dispatches,
    *people,
    *words,
    *operators,
]
