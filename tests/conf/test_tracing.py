"""Traces: of the web, tasks, launch, convoys and receipts; ids and counts, never an address."""

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from celery.signals import worker_process_init
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from dispatcher.conf import celery, spans
from dispatcher.fanout import tasks
from dispatcher.kit import tracing
from dispatcher.kit.tracing import span
from dispatcher.ledger.facts import Rank, Receipt
from dispatcher.tracking.receive import receive
from tests.fanout.conftest import FACTS, road  # noqa: F401  # fixture

SECRETS = ("Person 1", "4917139200001", "person1@example.com", "Almond Butter", "Salmonella")


@pytest.fixture
def told():
    """What would reach a collector."""
    memory = InMemorySpanExporter()
    provider = spans.trace(SimpleSpanProcessor(spans.Listed(memory)), part="test")
    yield memory
    spans.stop(provider)


def named(memory, name):
    return [one for one in memory.get_finished_spans() if one.name == name]


def everything(memory):
    """All that is told of all spans, as one text."""
    return "\n".join(one.to_json() for one in memory.get_finished_spans())


@pytest.mark.django_db(transaction=True)
def test_a_convoy_is_one_span_with_ids_and_counts_and_no_address(told, road):  # noqa: F811
    """From the registry to the carriers: what a collector gets names nobody."""
    road.person(1, email=True, languages=["en"])
    road.person(2, languages=["fa"])
    dispatch = road.launch()
    road.work()
    road.until(dispatch, delivered=2)
    convoys = named(told, "convoy")
    told_of = [dict(one.attributes) for one in convoys if one.attributes]
    assert sum(one["dispatcher.people"] for one in told_of) == 2
    assert sum(one["dispatcher.taken"] for one in told_of) == 2
    assert {one["dispatcher.lane"] for one in told_of} == {"critical"}
    assert {number for one in told_of for number in one["dispatcher.dispatches"]} == {dispatch.id}
    assert sum(one.attributes["dispatcher.receipts"] for one in named(told, "receipts")) >= 2
    text = everything(told)
    values = [value for _, value in FACTS.values() if len(value) > 5]
    for secret in (*SECRETS, *values, road.sandbox.accounts.twilio_token, "@"):
        assert secret not in text
    assert not re.search(r"\+\d{8,}", text)


@pytest.mark.django_db
def test_a_request_is_told_by_its_route_not_by_its_path(told, client):
    """A reader's link is a key: whoever has it can answer in their name."""
    client.get("/a/Zm9vYmFy-secret-token?to=person1@example.com")
    [one] = [one for one in told.get_finished_spans() if one.kind is SpanKind.SERVER]
    assert one.attributes["http.route"] == "a/<str:token>"
    assert "secret-token" not in everything(told)
    assert "person1" not in everything(told)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/nowhere/+4917139200001", "/person1@example.com", "/%2B4917139200001"]
)
def test_a_path_that_nobody_answers_is_not_told(told, client, path):
    assert client.get(path).status_code == 404
    [one] = [one for one in told.get_finished_spans() if one.kind is SpanKind.SERVER]
    assert one.name in {"GET", "HTTP GET"}
    assert "4917139200001" not in everything(told)
    assert "person1" not in everything(told)


@pytest.mark.django_db
def test_monitors_are_not_traced(told, client):
    for path in ("/livez", "/readyz", "/metrics", "/health"):
        client.get(path)
    assert told.get_finished_spans() == ()


def test_what_went_wrong_is_told_by_its_kind_alone(told):
    """A database quotes the row that it refuses."""
    with pytest.raises(LookupError), span("convoy"):
        raise LookupError("Key (value)=(+4917139200001) already exists")
    [one] = told.get_finished_spans()
    assert one.status.status_code is StatusCode.ERROR
    assert one.attributes == {"error.type": "LookupError"}
    assert "4917139200001" not in everything(told)


def test_a_fact_that_looks_like_an_address_is_not_told(told):
    with span("convoy") as trace:
        trace.tell(people=3, to="+4917139200001", name="Mina Rahimi", lane="critical")
    [one] = told.get_finished_spans()
    assert one.attributes == {"dispatcher.people": 3, "dispatcher.lane": "critical"}


@pytest.mark.django_db
def test_a_task_is_a_span_and_what_happens_in_it_is_below(told):
    """A convoy belongs to the shift in which it went, and not to the worker's first one."""

    def inside():
        receive([Receipt("s", 99 * 1024, 1, "twilio", Rank.DELIVERED)], mode="drill")

    body, tasks.squash.run = tasks.squash.run, inside
    try:
        tasks.squash.apply()
        tasks.squash.apply()
    finally:
        tasks.squash.run = body
    works = named(told, "run/dispatcher.fanout.tasks.squash")
    below = named(told, "receipts")
    assert len(works) == 2
    assert [one.parent.span_id for one in below] == [one.context.span_id for one in works]


@pytest.mark.django_db(transaction=True)
def test_a_convoy_lies_below_the_shift_in_which_it_went(told, road):  # noqa: F811
    """The event loop outlives a shift; its trace must not."""
    road.person(1, languages=["en"])
    try:
        for ref in ("alert:1", "alert:2"):
            road.launch(ref=ref)
            tasks.work.apply(args=["critical"])
    finally:
        tasks.leave()
        tasks._workshop.cache_clear()
    shifts = [one.context.span_id for one in named(told, "run/dispatcher.fanout.tasks.work")]
    went = [one.parent.span_id for one in named(told, "convoy") if one.attributes]
    assert len(shifts) == 2
    assert went == shifts


ASKED = """
import json, sys
{before}
import dispatcher.conf.{entry}
from dispatcher.conf import tracing
from dispatcher.kit.tracing import span
with span("convoy") as trace:
    heard = bool(trace)
loaded = [name for name in sys.modules if name.startswith({heavy})]
print(json.dumps([heard, loaded]))
"""
HEAVY = ("opentelemetry.instrumentation", "opentelemetry.exporter", "opentelemetry.sdk.trace")
"""What tracing loads; redis-py looks for the rest by itself."""


def process(entry, *, before="", **environ):
    """Whether a process of this entry is traced, and what it has imported for it."""
    code = ASKED.format(entry=entry, before=before, heavy=HEAVY)
    ran = subprocess.run([sys.executable, "-c", code], env=os.environ | environ, text=True,
                         capture_output=True, check=True)  # fmt: skip
    return json.loads(ran.stdout.splitlines()[-1]), ran.stderr


@pytest.mark.parametrize("entry", ["wsgi", "door"])
def test_without_a_collector_nothing_is_imported(entry):
    (heard, imported), _ = process(entry, OTEL_EXPORTER_OTLP_ENDPOINT="")
    assert (heard, imported) == (False, [])


def test_with_a_collector_the_process_is_traced():
    (heard, imported), _ = process("wsgi", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert heard
    assert imported


def test_a_collector_hears_what_was_told_when_the_process_ends(monkeypatch):
    """Over HTTP, in its own format, and only what is listed."""
    came = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            came.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        provider = spans.send("cli")
        with span("launch") as trace:
            trace.tell(dispatch=7, to="+4917139200001")
        spans.stop(provider)
        server.shutdown()
    [(path, body)] = came
    assert path == "/v1/traces"
    [resource] = ExportTraceServiceRequest.FromString(body).resource_spans
    [one] = resource.scope_spans[0].spans
    assert (one.name, [fact.key for fact in one.attributes]) == ("launch", ["dispatcher.dispatch"])
    assert b"dispatcher-cli" in body
    assert b"4917139200001" not in body


def test_without_the_extra_it_is_said_and_the_program_runs():
    missing = (
        "import importlib.util as u\nfound = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name.startswith('opentelemetry') else found(name, *a)"
    )
    (heard, imported), said = process(
        "wsgi", before=missing, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9"
    )
    assert (heard, imported) == (False, [])
    assert "tracing_not_installed" in said


def test_a_worker_is_traced_after_its_fork():
    """The thread that speaks with the collector would not outlive the fork."""
    receivers = [told() if callable(told) else told for _, told in worker_process_init.receivers]
    assert celery.traced in receivers
    assert tracing.installed()
