"""The room's entry for Django."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Registers the room."""

    name = "contacts"
    label = "contacts"
