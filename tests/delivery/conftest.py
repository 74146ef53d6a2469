"""Spans to deliver, a pipeline to deliver them with, and a destination that can be told to fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession.delivery import agenda
from otel_helisession.delivery.backoff import Backoff
from otel_helisession.delivery.breaker import Breaker
from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions.scope import session


class Flaky(SpanExporter):
    """Accepts, refuses, raises or hangs, as told.

    Attributes:
        mood: ``"accepts"``, ``"fails"``, ``"raises"``, or a function that tells by the spans.
        calls: The names of the spans of each call, whatever came of it.
        accepted: The names of the spans that were accepted, in order.
    """

    def __init__(self, mood: str | Callable[[Sequence[ReadableSpan]], bool] = "accepts") -> None:
        self.mood = mood
        self.calls: list[list[str]] = []
        self.accepted: list[str] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        names = [span.name for span in spans]
        self.calls.append(names)
        if self.mood == "raises":
            raise ConnectionError("nobody is there")
        accepts = self.mood(spans) if callable(self.mood) else self.mood == "accepts"
        if accepts:
            self.accepted += names
        return SpanExportResult.SUCCESS if accepts else SpanExportResult.FAILURE


class Pipeline:
    """A provider with one SessionSpanProcessor.

    Attributes:
        processor: The processor.
        provider: Its provider, which shuts it down when the test ends.
    """

    def __init__(self, *exporters: SpanExporter, spool: Any = None, **settings: Any) -> None:
        self.processor = SessionSpanProcessor(
            *exporters, settings=DeliverySettings(**settings), spool=spool
        )
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(self.processor)
        self._tracer = self.provider.get_tracer("tests")

    def end(self, *names: str, of: str | None = None) -> None:
        """End spans of these names, in the session *of*, or in none."""
        for name in names:
            if of is None:
                self._tracer.start_span(name).end()
            else:
                with session("Trip", id=of):
                    self._tracer.start_span(name).end()


Deliver = Callable[..., Pipeline]


@pytest.fixture
def deliver() -> Iterator[Deliver]:
    """``deliver(exporter, ..., spool=None, **settings)`` returns a Pipeline."""
    made: list[Pipeline] = []

    def make(*exporters: SpanExporter, spool: Any = None, **settings: Any) -> Pipeline:
        made.append(Pipeline(*exporters, spool=spool, **settings))
        return made[-1]

    yield make
    for pipeline in made:
        pipeline.provider.shutdown()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries and probes come a hundred times sooner."""
    monkeypatch.setattr(agenda, "Backoff", lambda **_: Backoff(first=0.005, longest=0.05))
    monkeypatch.setattr(agenda, "Breaker", lambda: Breaker(first=0.02, longest=0.1))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A breaker that opens stays open for longer than a test takes."""
    monkeypatch.setattr(agenda, "Breaker", lambda: Breaker(first=600.0, longest=600.0))


def soon(is_so: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait until *is_so*; False when that takes longer than *seconds*."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
