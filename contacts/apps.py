"""The room's entry for Django."""

from importlib import import_module

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Registers the room and its sentences."""

    name = "contacts"
    label = "contacts"

    def ready(self) -> None:
        """Sentences are told once, when all rooms are there."""
        import_module("contacts.sentences")
