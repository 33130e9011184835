"""Addresses of the first page."""

from django.urls import path

from dispatcher.console.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("now", views.home_live, name="home-live"),
]
