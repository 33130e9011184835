"""The room's entry for Django."""

from django.apps import AppConfig


class WordingConfig(AppConfig):
    """Registers the room."""

    name = "dispatcher.wording"
    label = "wording"
