"""flush_after: what a function did is delivered before it returns, or nearly so."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SpanExportResult

from otel_helisession import flush_after, session
from tests.delivery.conftest import Deliver, Flaky, Pipeline
from tests.fakes import BlockedExporter, KeepingExporter


class LambdaContext:
    """What AWS hands a handler: it says how long the handler may still take."""

    def __init__(self, remaining_millis: float) -> None:
        self.remaining_millis = remaining_millis

    def get_remaining_time_in_millis(self) -> float:
        return self.remaining_millis


def handler_of(pipeline: Pipeline) -> Any:
    @flush_after(timeout_millis=1_000)
    def handler(event: dict[str, str], context: Any = None) -> str:
        pipeline.end(*event["names"].split(), of="t-1")
        return "done"

    return handler


def test_a_handlers_spans_are_delivered_when_it_returns(deliver: Deliver) -> None:
    """And its result is its own."""
    exporter = KeepingExporter()
    handler = handler_of(deliver(exporter))
    assert handler({"names": "plan search"}) == "done"
    assert exporter.batches == [["plan", "search"]]
    assert handler.__name__ == "handler"


def test_also_when_it_raises(deliver: Deliver) -> None:
    """With its own exception."""
    exporter = KeepingExporter()
    pipeline = deliver(exporter)

    @flush_after
    def handler() -> None:
        pipeline.end("work")
        raise ValueError("theirs")

    with pytest.raises(ValueError, match="theirs"):
        handler()
    assert exporter.batches == [["work"]]


async def test_a_coroutine_flushes_and_blocks_no_other(deliver: Deliver) -> None:
    """The loop goes on while the flush waits."""

    class Slow(KeepingExporter):
        def export(self, spans: Any) -> SpanExportResult:
            time.sleep(0.3)
            return super().export(spans)

    exporter = Slow()
    pipeline = deliver(exporter)

    @flush_after
    async def handler() -> str:
        pipeline.end("work")
        return "done"

    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    assert await handler() == "done"
    ticking.cancel()
    assert exporter.batches == [["work"]]
    assert ticks >= 5


@pytest.mark.parametrize("context", [None, LambdaContext(300)], ids=["timeout", "Lambda's time"])
def test_it_keeps_its_time(deliver: Deliver, context: Any) -> None:
    """Its own, or what Lambda has left, less a little; the spans stay queued."""
    exporter = BlockedExporter()
    pipeline = deliver(exporter)

    @flush_after(timeout_millis=200)
    def handler(event: Any, context: Any) -> None:
        pipeline.end("work")

    started = time.monotonic()
    handler({}, context)
    assert 0.15 < time.monotonic() - started < 3
    exporter.released.set()
    assert pipeline.processor.force_flush() is True
    assert exporter.batches == [["work"]]


async def test_a_coroutine_keeps_its_time(deliver: Deliver) -> None:
    """It waits on a thread, and not for long."""
    exporter = BlockedExporter()
    pipeline = deliver(exporter)

    @flush_after(timeout_millis=100)
    async def handler() -> None:
        pipeline.end("work")

    started = time.monotonic()
    await handler()
    assert time.monotonic() - started < 3
    exporter.released.set()
    pipeline.processor.force_flush()


def test_a_failing_backend_is_not_the_handlers_matter(deliver: Deliver) -> None:
    """What it did not take is tried again after the next call."""
    exporter = Flaky("raises")
    handler = handler_of(deliver(exporter))
    assert handler({"names": "first"}) == "done"
    exporter.mood = "accepts"
    assert handler({"names": "second"}) == "done"
    assert sorted(exporter.accepted) == ["first", "second"]


def test_it_goes_above_a_session(deliver: Deliver) -> None:
    """Then the session's own span has ended, too."""
    exporter = KeepingExporter()
    pipeline = deliver(exporter)
    tracer = pipeline.provider.get_tracer("tests")

    @flush_after
    @session("Trip")
    def handler() -> None:
        with tracer.start_as_current_span("outer"):
            tracer.start_span("inner").end()

    handler()
    assert exporter.batches == [["inner", "outer"]]


def test_the_global_provider_is_flushed_too(spans: Any) -> None:
    """Whatever processors it has."""

    @flush_after
    def handler() -> int:
        return 7

    assert handler() == 7


def test_it_decorates_functions_that_return() -> None:
    """Anything else raises at once, as does a time that is none."""
    with pytest.raises(TypeError, match="decorates functions, not int"):
        flush_after(7)  # type: ignore[type-var]

    def generator() -> Any:
        yield 1

    with pytest.raises(TypeError, match="not generators"):
        flush_after(generator)
    with pytest.raises(ValueError, match="timeout_millis is 0"):
        flush_after(timeout_millis=0)
