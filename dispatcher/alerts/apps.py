"""The room's entry for Django."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Registers the room."""

    name = "dispatcher.alerts"
    label = "alerts"
