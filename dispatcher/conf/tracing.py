"""Whether this process is traced: the extra `tracing` is installed, and a collector is named."""

from importlib import import_module
from typing import Literal

import structlog
from django.conf import settings

from dispatcher.kit import tracing

log = structlog.get_logger(__name__)

Part = Literal["web", "door", "worker", "cli"]


def begin(part: Part) -> bool:
    """From now on this process tells its spans, if it is asked to. Call it after a fork."""
    if not settings.TRACES_TO:
        return False
    if not tracing.installed():
        log.warning("tracing_not_installed", part=part)
        return False
    import_module("dispatcher.conf.spans").send(part)
    return True
