"""Every address that the web process answers."""

from django.urls import URLPattern, URLResolver, path

from dispatcher.conf.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
]
