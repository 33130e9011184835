"""The room's entry for Django."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """Registers the room, for its page."""

    name = "dispatcher.hooks"
    label = "hooks"
