"""The room's entry for Django."""

from importlib import import_module

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Registers the room."""

    name = "dispatcher.alerts"
    label = "alerts"

    def ready(self) -> None:
        """Give the room's errors their sentences, and the translators' gate what is asked."""
        import_module("dispatcher.alerts.sentences")
        asking = import_module("dispatcher.wording.asking")
        asking.hang(import_module("dispatcher.alerts.asking").asked)
        owning = import_module("dispatcher.wording.owning")
        owning.hang(import_module("dispatcher.alerts.asking").owner)
