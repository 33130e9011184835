"""Addresses of what is being prepared and decided."""

from django.urls import URLPattern

from dispatcher.console.alerts.deciding_urls import urlpatterns as deciding
from dispatcher.console.alerts.writing_urls import urlpatterns as writing

urlpatterns: list[URLPattern] = [*writing, *deciding]
