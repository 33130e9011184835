"""Addresses of wordings and those who vouch for them."""

from django.urls import URLPattern, path

from dispatcher.console.words import views

urlpatterns: list[URLPattern] = [
    path("words/", views.words, name="words"),
]
