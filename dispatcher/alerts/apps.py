"""The room's entry for Django."""

from importlib import import_module

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Registers the room."""

    name = "dispatcher.alerts"
    label = "alerts"

    def ready(self) -> None:
        """Give the room's errors their sentences."""
        import_module("dispatcher.alerts.sentences")
