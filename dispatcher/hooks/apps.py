"""The room's entry for Django."""

from importlib import import_module

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """Registers the room, for its page."""

    name = "dispatcher.hooks"
    label = "hooks"

    def ready(self) -> None:
        """Make the carriers' sentences known."""
        import_module("dispatcher.providers.sentences")
