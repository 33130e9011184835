"""Spans by OpenTelemetry: what Django and Celery tell, and what our own seam tells.

Only listed facts leave the process. A request's path may hold a reader's signed link, an exception
a row of the registry, a header a key: so nothing of a span goes on but its times, its place in the
trace, and attributes that stand in `KEPT` or come through `kit.tracing.plain`.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, Status
from opentelemetry.util.types import AttributeValue

from dispatcher.kit import tracing
from dispatcher.kit.tracing import Fact, plain

OURS: Final = "dispatcher."
"""Before the name of each fact of our own spans."""
KEPT: Final = frozenset(
    {
        "celery.action",
        "celery.state",
        "celery.task_name",
        "error.type",
        "http.method",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "http.status_code",
        "messaging.destination",
        "messaging.destination.name",
        "messaging.message.id",
        "messaging.operation",
    }
)
"""Attributes of Django's and Celery's instrumentation whose values are words of our own program."""
UNTRACED: Final = "livez,readyz,health,metrics,static"
"""Monitors ask every few seconds; a trace of that helps nobody."""
PATIENCE: Final = 3
"""Seconds for a collector: at the end of a command a person waits for it."""


def send(part: str) -> TracerProvider:
    """Trace this process and send what is told to the collector, in a thread of its own."""
    own_patience = "OTEL_EXPORTER_OTLP_TIMEOUT" not in os.environ
    exporter = OTLPSpanExporter(timeout=PATIENCE if own_patience else None)
    return trace(BatchSpanProcessor(Listed(exporter)), part=part)


def trace(processor: SpanProcessor, *, part: str) -> TracerProvider:
    """Trace this process; `processor` gets the spans. `stop` ends it."""
    name = os.environ.get("OTEL_SERVICE_NAME") or f"dispatcher-{part}"
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
    provider.add_span_processor(processor)
    DjangoInstrumentor().instrument(tracer_provider=provider, excluded_urls=UNTRACED)
    CeleryInstrumentor().instrument(tracer_provider=provider)
    tracer = provider.get_tracer("dispatcher")

    @contextmanager
    def begun(name: str) -> Iterator[tracing.Span]:
        with tracer.start_as_current_span(name) as span:
            yield _Told(span)

    tracing.listen(begun)
    return provider


def stop(provider: TracerProvider) -> None:
    """Tell what is left, and trace no more."""
    tracing.listen(None)
    CeleryInstrumentor().uninstrument()
    DjangoInstrumentor().uninstrument()
    provider.shutdown()


class _Told:
    """A span of our own; only facts that may be told become attributes."""

    __slots__ = ("_span",)

    def __init__(self, span: Span) -> None:
        self._span = span

    def __bool__(self) -> bool:
        return True

    def tell(self, **facts: Fact) -> None:
        """Numbers, ids and words."""
        for name, fact in facts.items():
            if (told := plain(fact)) is not None:
                self._span.set_attribute(OURS + name, told)


class Listed(SpanExporter):
    """Hands spans on to another exporter with nothing in them but what is listed."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Each span as `listed` leaves it."""
        return self._inner.export([listed(span) for span in spans])

    def shutdown(self) -> None:
        """The other's."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """The other's."""
        return self._inner.force_flush(timeout_millis)


def listed(span: ReadableSpan) -> ReadableSpan:
    """The span without events, without the sentence of its error, with listed attributes only."""
    return ReadableSpan(
        name=span.name,
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=dict(_kept(span)),
        links=span.links,
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
    )


def _kept(span: ReadableSpan) -> Iterator[tuple[str, AttributeValue]]:
    for name, value in (span.attributes or {}).items():
        if name in KEPT or name.startswith(OURS):
            yield name, value
    for event in span.events:
        if event.name == "exception" and event.attributes:
            yield "error.type", event.attributes.get("exception.type", "")
