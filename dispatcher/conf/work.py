"""How the workers work: Celery's settings. The broker carries doorbells only; rows are the truth.

Measured with Celery's and kombu's defaults: a publish into a broker that swallows packets blocks
for more than 45 s, a worker on a half-open connection freezes for good, and what a killed worker
held is redelivered after 106 s. Hence the time-outs and the short restore interval.
"""

from typing import Any

from celery.beat import Scheduler
from django.conf import settings
from kombu.entity import Exchange, Queue

from dispatcher.kit import queues

broker_url = settings.REDIS_URL
broker_connection_timeout = 2.0
broker_connection_retry_on_startup = True
broker_connection_max_retries = None  # a worker waits for its broker for as long as it takes
broker_transport_options = {
    "visibility_timeout": 90,  # a task rings again after 30 s; twice is harmless, never is not
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2.0,
    "socket_connect_timeout": 1.0,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "retry_on_timeout": False,
    "max_retries": 0,
}

task_queues = [Queue(lane, Exchange(lane), routing_key=lane) for lane in queues.LANES]
task_default_queue = queues.HOUSEKEEPING
task_create_missing_queues = False  # a misspelt lane is an error, not a queue that nobody reads
task_acks_late = True
task_reject_on_worker_lost = True
task_publish_retry = False  # the sweep is the retry
task_ignore_result = True
task_serializer = "json"
accept_content = ["json"]
task_routes: dict[str, Any] = {
    "dispatcher.tracking.tasks.*": {"queue": queues.RECEIPTS},
}

worker_prefetch_multiplier = 1
worker_cancel_long_running_tasks_on_connection_loss = False  # a send under way is finished
worker_hijack_root_logger = False
worker_send_task_events = False
worker_disable_rate_limits = True
worker_max_memory_per_child = 600_000  # KiB; a leak in a vendor's SDK ends with its process

timezone = "UTC"
beat_scheduler = f"{Scheduler.__module__}:{Scheduler.__qualname__}"  # keeps no file: ticks only
beat_max_loop_interval = 2
beat_schedule: dict[str, dict[str, Any]] = {
    "tick": {
        "task": "dispatcher.watching.tasks.tick",
        "schedule": 5.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 10},
    },
    "sweep": {
        "task": "dispatcher.fanout.tasks.sweep",
        "schedule": 2.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 4},
    },
    "squash": {
        "task": "dispatcher.fanout.tasks.squash",
        "schedule": 10.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 20},
    },
    "escalate": {
        "task": "dispatcher.tracking.tasks.escalate",
        "schedule": 2.0,
        "options": {"queue": queues.RECEIPTS, "expires": 4},
    },
    "drafts": {
        "task": "dispatcher.wording.tasks.draft",
        "schedule": 5.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 10},
    },
    "settle_people": {
        "task": "contacts.tasks.settle",
        "schedule": 5.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 10},
    },
    "survey_people": {
        "task": "contacts.tasks.survey",
        "schedule": 6 * 3600.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 3600},
    },
    "fold_census": {
        "task": "contacts.tasks.fold",
        "schedule": 60.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 60},
    },
    "erase_uploads": {
        "task": "contacts.tasks.erase_uploads",
        "schedule": 3600.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 600},
    },
    "erase_sessions": {
        "task": "dispatcher.operators.tasks.erase_sessions",
        "schedule": 3600.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 600},
    },
    "erase_lists": {
        "task": "dispatcher.alerts.tasks.erase_lists",
        "schedule": 3600.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 600},
    },
    "reconcile": {
        "task": "dispatcher.tracking.tasks.reconcile",
        "schedule": 2.0,
        "options": {"queue": queues.RECEIPTS, "expires": 4},
    },
    "snapshot": {
        "task": "dispatcher.reports.tasks.snapshot",
        "schedule": 5.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 5},
    },
    "shrink": {
        "task": "dispatcher.reports.tasks.shrink",
        "schedule": 3600.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 600},
    },
    "audit": {
        "task": "dispatcher.ledger.tasks.audit",
        "schedule": 20.0,
        "options": {"queue": queues.HOUSEKEEPING, "expires": 20},
    },
}
