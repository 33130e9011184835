"""Every address that the web process answers."""

from django.urls import URLPattern, URLResolver, include, path

from dispatcher.conf.health import health

handler404 = "dispatcher.console.refusals.not_found"
urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("", include("dispatcher.watching.urls")),
    path("", include("dispatcher.hooks.urls")),
    path("", include("dispatcher.console.urls")),
]
