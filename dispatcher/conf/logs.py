"""How the program logs: one line an event, JSON or for a console; ids and never addresses."""

import logging
from typing import Any

import structlog

from dispatcher.conf.blots import blot

SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def logging_settings(form: str) -> dict[str, Any]:
    """Django's LOGGING; also sets structlog up. `form` is "json" or "console"."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    shown: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        blot,
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(),
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": shown,
            }
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": "INFO"},
        "loggers": {
            "django.server": {"handlers": ["out"], "propagate": False},
            "httpx": {"level": "WARNING"},  # logs whole URLs, and a URL may carry a token
            "twilio": {"level": "WARNING"},  # logs recipients
            "kombu": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},  # two lines for each doorbell
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
        },
    }
