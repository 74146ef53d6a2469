"""What tests of session traces share.

``traced``
    ``traced(exporter, **options)`` returns a SessionTraceExporter without a pipeline, which is
    shut down after the test.
``pipeline``
    ``pipeline(exporter, **options)`` puts one behind a SessionSpanProcessor, and returns tracer
    and processor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.trace import Tracer

from otel_helisession import DeliverySettings, SessionSpanProcessor, SessionTraceExporter


@pytest.fixture
def traced() -> Iterator[Callable[..., SessionTraceExporter]]:
    made: list[SessionTraceExporter] = []

    def make(exporter: SpanExporter, **options: Any) -> SessionTraceExporter:
        made.append(SessionTraceExporter(exporter, **{"settle_seconds": 0.02, **options}))
        return made[-1]

    yield make
    for exporter in made:
        exporter.shutdown(timeout_millis=500)


@pytest.fixture
def pipeline(provider: TracerProvider) -> Callable[..., tuple[Tracer, SessionSpanProcessor]]:
    def make(exporter: SpanExporter, **options: Any) -> tuple[Tracer, SessionSpanProcessor]:
        traced = SessionTraceExporter(exporter, **{"settle_seconds": 0.02, **options})
        settings = DeliverySettings(schedule_delay_millis=10)
        processor = SessionSpanProcessor(traced, settings=settings)
        provider.add_span_processor(processor)
        return provider.get_tracer("tests"), processor

    return make
