"""Addresses of what is decided: an alert's page, the offices' words, the launch."""

from django.urls import URLPattern, path

from dispatcher.console.alerts import deciding_views as views
from dispatcher.console.alerts.launching import alert_launch

urlpatterns: list[URLPattern] = [
    path("alerts/<int:number>/", views.alert, name="alert"),
    path("alerts/<int:number>/approve", views.alert_approve, name="alert-approve"),
    path("alerts/<int:number>/return", views.alert_return, name="alert-return"),
    path("alerts/<int:number>/reject", views.alert_reject, name="alert-reject"),
    path("alerts/<int:number>/break-glass", views.alert_break_glass, name="alert-break-glass"),
    path("alerts/<int:number>/review", views.alert_review, name="alert-review"),
    path("alerts/<int:number>/launch", alert_launch, name="alert-launch"),
]
