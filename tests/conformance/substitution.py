"""The pytest plugin that puts our processors and exporters where the SDK's tests find its own.

What the SDK's tests reach into has a name of the same kind here: ``_batch_processor`` stands
for what takes ended spans, and that is our delivery.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, export
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult, in_memory_span_exporter

from otel_helisession import SessionSpanExporter, SessionSpanProcessor
from otel_helisession.delivery.settings import DeliverySettings

RESULTS = "CONFORMANCE_RESULTS"
"""The variable that names the file in which the outcomes are wanted."""

MOST_SECONDS = 10
"""What a test may take: some of theirs wait for ever for what does not come."""


class _AsTheyCame(SpanExporter):
    """Hands *exporter* the span that came for the finished copy of it: their tests
    compare by identity."""

    def __init__(self, exporter: SpanExporter) -> None:
        self.spans: dict[str, ReadableSpan] = {}
        self.shutdown = exporter.shutdown  # type: ignore[method-assign]
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([self.spans.get(span.name, span) for span in spans])


class BatchSpanProcessor(SessionSpanProcessor):
    """Ours, made like theirs."""

    def __init__(
        self,
        span_exporter: SpanExporter,
        max_queue_size: int | None = None,
        schedule_delay_millis: float | None = None,
        max_export_batch_size: int | None = None,
        export_timeout_millis: float | None = None,
        *,
        meter_provider: Any = None,
    ) -> None:
        given = {
            "max_queue_size": max_queue_size,
            "schedule_delay_millis": schedule_delay_millis,
            "max_export_batch_size": max_export_batch_size,
        }
        settings = DeliverySettings(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
        if settings == DeliverySettings():
            settings = DeliverySettings.from_environment()
        self._came = _AsTheyCame(span_exporter)
        super().__init__(self._came, settings=settings, meter_provider=meter_provider)
        self.span_exporter = span_exporter

    @property
    def _batch_processor(self) -> Any:
        delivery = self._delivery
        assert delivery is not None

        def emit(span: ReadableSpan) -> None:
            self._came.spans[span.name] = span
            delivery.put(span, None)

        return SimpleNamespace(
            emit=emit,
            shutdown=self.shutdown,
            _shutdown=delivery._closed,
            _worker_thread=delivery._thread,
            _max_queue_size=delivery.settings.max_queue_size,
            _schedule_delay_millis=delivery.settings.schedule_delay_millis,
            _max_export_batch_size=delivery.settings.max_export_batch_size,
        )


class SimpleSpanProcessor(BatchSpanProcessor):
    """Ours, flushed after each span."""

    def on_end(self, span: ReadableSpan) -> None:
        super().on_end(span)
        self.force_flush()


class InMemorySpanExporter(SessionSpanExporter):
    """Theirs, wrapped by ours."""

    def __init__(self, max_spans: int | None = None) -> None:
        self._memory = _InMemory(max_spans)
        super().__init__(self._memory)
        self.get_finished_spans = self._memory.get_finished_spans
        self.clear = self._memory.clear


_InMemory = in_memory_span_exporter.InMemorySpanExporter
_outcomes: dict[str, str] = {}


def pytest_configure() -> None:
    export.BatchSpanProcessor = BatchSpanProcessor  # type: ignore[misc,assignment]
    export.SimpleSpanProcessor = SimpleSpanProcessor  # type: ignore[misc,assignment]
    in_memory_span_exporter.InMemorySpanExporter = InMemorySpanExporter  # type: ignore[misc,assignment]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise TimeoutError(f"after {MOST_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(MOST_SECONDS)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def pytest_runtest_logreport(report: Any) -> None:
    name = report.nodeid.partition("sdk_tests/")[2] or report.nodeid
    if report.failed:
        lines = [line for line in str(report.longreprtext).splitlines() if line.startswith("E  ")]
        _outcomes[name] = lines[0][1:].strip() if lines else "no error"
    elif report.when == "call" and report.passed:
        _outcomes.setdefault(name, "")


def pytest_sessionfinish() -> None:
    with open(os.environ[RESULTS], "w", encoding="utf-8") as file:
        json.dump(_outcomes, file)
