"""Addresses of what is being prepared and decided."""

from django.urls import URLPattern, path

from dispatcher.console.alerts import views

urlpatterns: list[URLPattern] = [
    path("alerts/", views.alerts, name="alerts"),
]
