"""The room's entry for Django."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.apps import apps as everything
from django.apps.registry import Apps
from django.db.models.signals import post_migrate


class OperatorsConfig(AppConfig):
    """Registers the room."""

    name = "dispatcher.operators"
    label = "operators"

    def ready(self) -> None:
        """Give the room's errors their sentences; plant the offices after each migration."""
        import_module("dispatcher.operators.sentences")
        post_migrate.connect(_plant, sender=self)


def _plant(*, apps: Apps = everything, **_: Any) -> None:
    """A flush empties tables that a data migration would not fill again; post_migrate does."""
    if "office" in apps.all_models["operators"]:  # absent while migrating another room alone
        import_module("dispatcher.operators.roster").plant_offices()
