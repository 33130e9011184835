"""Addresses of the contact registry."""

from django.urls import URLPattern, path

from dispatcher.console.people import views

urlpatterns: list[URLPattern] = [
    path("people/", views.people, name="people"),
]
