"""Our own traffic makes no spans, and a destination that fails does not fill the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession import (
    DeliverySettings,
    HeliconeSpanExporter,
    SessionSpanProcessor,
    WholeSessionExporter,
    session,
)
from tests.fakes import RaisingExporter, RefusingExporter
from tests.helicone.endpoint import KEY, FakeHelicone
from tests.servers.otlp import GrpcSink, HttpSink

SPANS = 10_000

INSTRUMENTED = """
import asyncio, importlib, os, sys
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as Grpc
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as Http
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from otel_helisession import *

seen = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(seen))
trace.set_tracer_provider(provider)
on = []
for module, name in [
    ("httpx", "HTTPXClientInstrumentor"), ("requests", "RequestsInstrumentor"),
    ("urllib3", "URLLib3Instrumentor"), ("urllib", "URLLibInstrumentor"),
    ("aiohttp_client", "AioHttpClientInstrumentor"), ("grpc", "GrpcInstrumentorClient"),
    ("threading", "ThreadingInstrumentor"), ("asyncio", "AsyncioInstrumentor"),
    ("sqlite3", "SQLite3Instrumentor"),
]:
    try:
        found = getattr(importlib.import_module(f"opentelemetry.instrumentation.{module}"), name)
    except (ImportError, AttributeError):
        continue
    found().instrument(tracer_provider=provider)
    on.append(module)
http, grpc, helicone, key, spool, store = sys.argv[1:]
provider.add_span_processor(SessionSpanProcessor(
    Http(http), Grpc(grpc, insecure=True), HeliconeSpanExporter(key, helicone),
    WholeSessionExporter(Http(http)), LocalSpanExporter(store),
    Http("http://127.0.0.1:1/v1/traces", timeout=1), spool=spool, session_metrics=True,
))
with session("Trip"):
    said = {"gen_ai.operation.name": "chat"}
    trace.get_tracer("user").start_span("the user's", attributes=said).end()
provider.force_flush(5_000)
provider.shutdown()
print(",".join(on))
print([span.name for span in seen.get_finished_spans()])
"""


@pytest.mark.parametrize("clients", [["httpx"], ["requests", "urllib3", "grpc", "threading"]])
def test_no_export_of_ours_is_traced(
    clients: list[str],
    run_python: Callable[..., CompletedProcess[str]],
    otlp_http: HttpSink,
    otlp_grpc: GrpcSink,
    tmp_path: Path,
) -> None:
    """Every client is instrumented, and all of our destinations are in use, a dead one too."""
    for client in clients:
        instrumentation = f"opentelemetry.instrumentation.{client}"
        pytest.importorskip(instrumentation, reason="needs otel-helisession[frameworks]")
    with FakeHelicone("worker") as fake:
        done = run_python(
            INSTRUMENTED,
            otlp_http.endpoint,
            otlp_grpc.endpoint,
            fake.url,
            KEY,
            str(tmp_path / "spool"),
            str(tmp_path / "s.db"),
        )
        assert len(fake.arrivals) == 1
    assert (len(otlp_http.spans()), len(otlp_grpc.spans())) == (2, 1)
    instrumented, names = done.stdout.splitlines()
    assert set(clients) <= set(instrumented.split(","))
    assert names == '["the user\'s"]'


def end_spans(processor: SessionSpanProcessor) -> None:
    """End many spans, of many sessions, and shut down."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("test")
    said = {"gen_ai.operation.name": "chat"}
    for number in range(SPANS // 100):
        with session("Trip", id=str(number)):
            for _ in range(100):
                tracer.start_span("chat", attributes=said).end()
    processor.force_flush(5_000)
    processor.shutdown(5_000)


class Odd(SpanExporter):
    """Answers with nothing at all."""

    def export(self, spans: Any) -> SpanExportResult:
        return None  # type: ignore[return-value]


def broken_rule(span: ReadableSpan) -> str:
    raise LookupError("the user's rule is broken")


def broken_keep(whole: Any) -> bool:
    raise LookupError("the user's decision is broken")


ROOM = DeliverySettings(max_queue_size=2 * SPANS, retry_for_seconds=0, schedule_delay_millis=20)
TIGHT = DeliverySettings(max_queue_size=512, retry_for_seconds=0, schedule_delay_millis=20)

CAUSES: dict[str, Callable[[], SessionSpanProcessor]] = {
    "it refuses": lambda: SessionSpanProcessor(RefusingExporter(), settings=ROOM),
    "it raises": lambda: SessionSpanProcessor(RaisingExporter(), settings=ROOM),
    "it answers nonsense": lambda: SessionSpanProcessor(Odd(), settings=ROOM),
    "the queue is full": lambda: SessionSpanProcessor(RefusingExporter(), settings=TIGHT),
    "the rule is broken": lambda: SessionSpanProcessor(Odd(), settings=ROOM, segment=broken_rule),
    "the decision is broken": lambda: SessionSpanProcessor(
        WholeSessionExporter(Odd(), keep=broken_keep), settings=ROOM
    ),
    "nobody is there": lambda: SessionSpanProcessor(
        HeliconeSpanExporter(KEY, "http://127.0.0.1:1/custom/v1/log", timeout_seconds=1),
        settings=ROOM,
    ),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_is_logged_once_and_not_once_a_span(
    cause: str, lenient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Ten thousand spans: no line twice, and no more than a handful."""
    caplog.set_level(logging.DEBUG, "otel_helisession")
    end_spans(CAUSES[cause]())
    lines = [record.getMessage() for record in caplog.records if record.name == "otel_helisession"]
    assert 1 <= len(lines) <= 10
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("fault", [401, 404, 413, 500, "error", (200, {}, b"<html>")])
def test_what_helicone_answers_is_logged_once(fault: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it answers to every log."""
    with FakeHelicone("worker") as fake:
        fake.always = fault
        endpoint = HeliconeSpanExporter(KEY, fake.url, timeout_seconds=2)
        end_spans(SessionSpanProcessor(endpoint, settings=ROOM))
    lines = [record.getMessage() for record in caplog.records if record.name == "otel_helisession"]
    assert 1 <= len(lines) <= 10
    assert len(lines) == len(set(lines))
