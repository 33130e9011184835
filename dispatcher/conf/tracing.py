"""Whether this process is traced: the extra `tracing` is installed, and a collector is named."""

from importlib import import_module
from importlib.util import find_spec
from typing import Final, Literal

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

NEEDED: Final = (
    "opentelemetry.sdk",
    "opentelemetry.exporter.otlp.proto.http",
    "opentelemetry.instrumentation.celery",
    "opentelemetry.instrumentation.django",
)
"""What the extra brings. Nothing of it is imported in a process that is not traced."""
Part = Literal["web", "door", "worker", "cli"]


def installed() -> bool:
    """Whether the extra is there, without importing it."""
    try:
        return all(find_spec(name) for name in NEEDED)
    except ModuleNotFoundError:  # one of their parents
        return False


def begin(part: Part) -> bool:
    """From now on this process tells its spans, if it is asked to. Call it after a fork."""
    if not settings.TRACES_TO:
        return False
    if not installed():
        log.warning("tracing_not_installed", part=part)
        return False
    import_module("dispatcher.conf.spans").send(part)
    return True
