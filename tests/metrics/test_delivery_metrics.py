"""What delivery says of itself, destination by destination."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession import DeliverySettings, SessionSpanProcessor, session
from tests.fakes import BlockedExporter, KeepingExporter, RefusingExporter
from tests.metrics.conftest import Measured

SWITCH = "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED"


class EndpointExporter(KeepingExporter):
    """An exporter whose endpoint has everything that must not be shown."""

    endpoint = "https://user:sk-helicone-0000000@api.example.com:4318/token0000/v1?key=0000"


def deliver(
    provider: TracerProvider,
    measured: Measured,
    *exporters: SpanExporter,
    spans: int = 3,
    **more: Any,
) -> SessionSpanProcessor:
    """End some spans of one session, and flush."""
    settings = more.pop("settings", DeliverySettings(retry_for_seconds=0))
    processor = SessionSpanProcessor(
        *exporters,
        meter_provider=measured.provider,
        settings=settings,
        **more,
    )
    provider.add_span_processor(processor)
    with session("Trip"):
        for _ in range(spans):
            provider.get_tracer("test").start_span("work").end()
    processor.force_flush(5_000)
    return processor


def outcomes(measured: Measured) -> dict[tuple[str, str], float]:
    """Return what became of spans, by destination and outcome."""
    return {
        (said["helisession.destination"], said["helisession.outcome"]): value
        for said, value in measured.points("helisession.delivery.spans")
    }


def test_what_became_of_spans_is_counted_by_destination(
    provider: TracerProvider, measured: Measured
) -> None:
    """One takes them, another refuses them; no variable is needed."""
    deliver(provider, measured, KeepingExporter(), RefusingExporter())
    assert outcomes(measured) == {
        ("KeepingExporter", "accepted"): 3,
        ("RefusingExporter", "refused"): 3,
    }


def test_spooled_spans_are_counted(
    provider: TracerProvider, measured: Measured, tmp_path: Path
) -> None:
    """What shutdown finds no taker for is on disk."""
    settings = DeliverySettings()
    processor = deliver(
        provider, measured, RefusingExporter(), settings=settings, spool=str(tmp_path / "spool")
    )
    processor.shutdown(1_000)
    assert outcomes(measured) == {("RefusingExporter", "spooled"): 3}


def test_metrics_of_the_sdk_are_off_unless_the_sdks_own_are_on(
    provider: TracerProvider, measured: Measured
) -> None:
    """The variable is OpenTelemetry's."""
    deliver(provider, measured, KeepingExporter())
    assert [name for name in measured.metrics() if name.startswith("otel.sdk.")] == []


def test_the_sdks_names_have_our_component_types(
    provider: TracerProvider, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accepted and refused, with the host and without the secrets of the endpoint."""
    monkeypatch.setenv(SWITCH, "true")
    deliver(provider, measured, EndpointExporter(), RefusingExporter())
    exported = measured.points("otel.sdk.exporter.span.exported")
    assert [
        (said.get("helisession.destination"), said.get("error.type"), n) for said, n in exported
    ] == [
        ("EndpointExporter", None, 3),
        ("RefusingExporter", "refused", 3),
    ]
    said = exported[0][0]
    assert said.pop("otel.component.name").startswith("helisession_span_exporter/")
    assert said == {
        "otel.component.type": "helisession_span_exporter",
        "helisession.destination": "EndpointExporter",
        "server.address": "api.example.com",
        "server.port": 4318,
    }


def test_a_full_queue_shows(
    provider: TracerProvider, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits, how much could, and what found no place."""
    monkeypatch.setenv(SWITCH, "true")
    blocked = BlockedExporter()
    settings = DeliverySettings(max_queue_size=4, max_export_batch_size=1, schedule_delay_millis=1)
    processor = SessionSpanProcessor(blocked, meter_provider=measured.provider, settings=settings)
    provider.add_span_processor(processor)
    for number in range(12):
        with session(f"Trip {number}"):
            provider.get_tracer("test").start_span("work").end()
        processor.force_flush(1)
    try:
        (_, capacity), *_ = measured.points("otel.sdk.processor.span.queue.capacity")
        (_, size), *_ = measured.points("otel.sdk.processor.span.queue.size")
        (said, dropped), *_ = measured.points("otel.sdk.processor.span.processed")
        (_, flying), *_ = measured.points("otel.sdk.exporter.span.inflight")
    finally:
        blocked.released.set()
    assert (capacity, flying, said["error.type"]) == (4, 1, "queue_full")
    assert size <= 5
    assert size + dropped == 12


def test_what_was_dropped_says_why(
    provider: TracerProvider, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In few words: those of the conventions, or that there was no time left."""
    monkeypatch.setenv(SWITCH, "true")
    processor = deliver(provider, measured, RefusingExporter(), settings=DeliverySettings())
    processor.shutdown(500)
    provider.get_tracer("test").start_span("late").end()
    dropped = {
        said.get("error.type"): value
        for said, value in measured.points("otel.sdk.processor.span.processed")
        if value
    }
    assert dropped == {"timeout": 3, "already_shutdown": 1}


def test_each_call_of_an_exporter_is_timed(
    provider: TracerProvider, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failed ones say so."""
    monkeypatch.setenv(SWITCH, "true")
    deliver(provider, measured, KeepingExporter(), RefusingExporter())
    points = measured.metrics()["otel.sdk.exporter.operation.duration"].data.data_points
    calls = {
        (p.attributes["helisession.destination"], p.attributes.get("error.type")) for p in points
    }
    assert calls == {("KeepingExporter", None), ("RefusingExporter", "undelivered")}


class MeasuringExporter(KeepingExporter):
    """Takes a MeterProvider, as OpenTelemetry's OTLP exporters do since 1.40."""

    def __init__(self, meter_provider: object = None) -> None:
        super().__init__()


def test_an_exporter_that_measures_itself_is_left_to_it(
    provider: TracerProvider, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or its spans would be counted twice."""
    monkeypatch.setenv(SWITCH, "true")
    deliver(provider, measured, MeasuringExporter())
    assert outcomes(measured) == {("MeasuringExporter", "accepted"): 3}
    assert measured.points("otel.sdk.exporter.span.exported") == []


def test_nothing_is_measured_on_the_threads_of_the_program(
    provider: TracerProvider, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts are read when a reader collects; calls are timed where they are made."""
    from opentelemetry.sdk.metrics import Histogram

    monkeypatch.setenv(SWITCH, "true")
    threads: set[str] = set()
    record = Histogram.record

    def recorded(self: Histogram, *args: object, **kwargs: object) -> None:
        threads.add(threading.current_thread().name)
        record(self, *args, **kwargs)

    kind = type(measured.provider.get_meter("probe").create_histogram("probe"))
    monkeypatch.setattr(kind, "record", recorded)
    deliver(provider, measured, KeepingExporter(), session_metrics=True).shutdown()
    main = threading.current_thread().name
    assert threads
    assert all(name.startswith("helisession-") for name in threads - {main})
    assert main not in threads


def test_a_delivery_that_is_gone_is_measured_no_more(measured: Measured) -> None:
    """The MeterProvider holds no processor alive."""
    provider = TracerProvider(shutdown_on_exit=False)
    deliver(provider, measured, KeepingExporter()).shutdown()
    assert outcomes(measured) == {("KeepingExporter", "accepted"): 3}
    provider.shutdown()
    del provider

    gc.collect()
    assert outcomes(measured) == {}


def test_metrics_go_to_the_global_provider_even_if_it_is_set_later(
    run_python: Callable[..., CompletedProcess[str]],
) -> None:
    """As programs do that configure tracing first."""
    done = run_python(GLOBAL)
    assert (done.stdout, done.stderr) == (
        "['helisession.delivery.gathering', 'helisession.delivery.spans']\n",
        "",
    )


GLOBAL = """
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter
from otel_helisession import SessionSpanProcessor
provider = TracerProvider()
provider.add_span_processor(SessionSpanProcessor(ConsoleSpanExporter()))
reader = InMemoryMetricReader()
metrics.set_meter_provider(MeterProvider([reader]))
found = reader.get_metrics_data().resource_metrics[0].scope_metrics
print(sorted(metric.name for scope in found for metric in scope.metrics))
"""
