"""The room's entry for Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Registers the room."""

    name = "dispatcher.console"
    label = "console"
