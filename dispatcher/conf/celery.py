"""The Celery application: `celery -A dispatcher.conf.celery`; current wherever Django is set up."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")

ROOMS = (
    "contacts",
    "dispatcher.alerts",
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
