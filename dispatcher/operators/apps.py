"""The room's entry for Django."""

from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    """Registers the room."""

    name = "dispatcher.operators"
    label = "operators"
