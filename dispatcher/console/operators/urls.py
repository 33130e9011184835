"""Addresses of who may act."""

from django.urls import URLPattern, path

from dispatcher.console.operators import views

urlpatterns: list[URLPattern] = [
    path("operators/", views.operators, name="operators"),
]
