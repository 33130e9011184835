"""The room's entry for Django."""

from importlib import import_module

from django.apps import AppConfig


class WordingConfig(AppConfig):
    """Registers the room and what its errors say."""

    name = "dispatcher.wording"
    label = "wording"

    def ready(self) -> None:
        """Tell the sentences of the room's errors."""
        import_module("dispatcher.wording.sentences")
