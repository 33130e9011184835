"""The Celery application: `celery -A dispatcher.conf.celery`; current wherever Django is set up."""

import os
from importlib import import_module

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
# Django's checks load every page of the console: 1.0 of the 2.6 s of CPU that a worker needs to
# start, each time one died. `migrate` has run them before any worker starts.
os.environ.setdefault("CELERY_SKIP_CHECKS", "yes")

ROOMS = (
    "contacts",
    "dispatcher.alerts",
    "dispatcher.console.people",
    "dispatcher.fanout",
    "dispatcher.ledger",
    "dispatcher.operators",
    "dispatcher.reports",
    "dispatcher.tracking",
    "dispatcher.watching",
    "dispatcher.wording",
)
"""Rooms that may have a `tasks` module."""

app = Celery("dispatcher")
app.config_from_object("dispatcher.conf.work")
app.autodiscover_tasks(ROOMS)


@worker_process_init.connect
def traced(**_: object) -> None:
    """After the fork: a collector's thread and line belong to one process."""
    import_module("dispatcher.conf.tracing").begin("worker")
