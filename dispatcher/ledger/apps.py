"""The room's entry for Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Registers the room."""

    name = "dispatcher.ledger"
    label = "ledger"
