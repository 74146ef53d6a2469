"""What spans take that wait for their export, what stays of them, and what collecting costs.

    python benchmarks/holding.py [--quick]

Beside the SDK's BatchSpanProcessor, whose spans carry the same attributes here. Bytes as
tracemalloc counts them, after a full garbage collection. scaling.py writes this table, too.
"""

from __future__ import annotations

import argparse
import gc
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from measuring import Figure, figure
from opentelemetry import context
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from otel_helisession import DeliverySettings, Session, SessionSpanProcessor, set_session

TRIP = Session("Trip planner", path="/trip/research")
HOURS = 10_000_000  # milliseconds: nothing leaves by itself


class Nothing(SpanProcessor):
    """Holds nothing."""


class SameAttributes(BatchSpanProcessor):
    """The SDK's own, on spans that carry what a session's do."""

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        span.set_attributes(TRIP.attributes)


class Nowhere(SpanExporter):
    """Takes spans and drops them."""

    def export(self, spans: Any) -> SpanExportResult:
        return SpanExportResult.SUCCESS


def pipelines(count: int) -> dict[str, Callable[[], SpanProcessor]]:
    """Return processors that hold *count* spans until they are flushed."""
    sizes = {"max_queue_size": 2 * count, "schedule_delay_millis": HOURS}
    return {
        "nothing held": Nothing,
        "BatchSpanProcessor": lambda: SameAttributes(
            Nowhere(), **sizes, max_export_batch_size=2 * count
        ),
        "otel-helisession": lambda: SessionSpanProcessor(
            Nowhere(), settings=DeliverySettings(2 * count, HOURS, 2 * count, 10**12)
        ),
    }


@dataclass(frozen=True)
class Held:
    """What spans that wait in one pipeline take, each, and what stays of them.

    Attributes:
        bytes: Memory a span.
        objects: What the garbage collector tracks, a span.
        left_bytes: Memory a span that is still there after its export.
        collection_millis: A full garbage collection while all wait, of CPU time.
    """

    bytes: float
    objects: float
    left_bytes: float
    collection_millis: Figure


def held(make: Callable[[], SpanProcessor], count: int) -> Held:
    """Let *count* spans wait in a pipeline of its own, in a session; then let them go, twice."""
    processor = make()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("benchmark")

    def end_spans(number: int) -> None:
        for _ in range(number):
            tracer.start_span("work").end()

    token = context.attach(set_session(TRIP))
    end_spans(100)
    _flush(processor)
    gc.collect()
    tracemalloc.start()
    before, objects = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
    end_spans(count)
    time.sleep(0.5)  # until they are grouped
    gc.collect()
    size = (tracemalloc.get_traced_memory()[0] - before) / count
    more = (len(gc.get_objects()) - objects) / count
    tracemalloc.stop()
    pauses = figure([_collection() for _ in range(7)])
    _flush(processor)
    gc.collect()
    tracemalloc.start()  # after a first load, when everything has the size that it needs
    end_spans(count)
    _flush(processor)
    gc.collect()
    left = tracemalloc.get_traced_memory()[0] / count
    tracemalloc.stop()
    context.detach(token)
    processor.shutdown()
    return Held(size, more, left, pauses)


def _flush(processor: SpanProcessor) -> None:
    """Wait until everything has left, also while tracemalloc makes that slow."""
    for _ in range(20):
        if processor.force_flush():
            return
    raise RuntimeError("the spans have not left in ten minutes: is the machine this busy?")


def _collection() -> float:
    before = time.thread_time_ns()
    gc.collect()
    return (time.thread_time_ns() - before) / 1e6


def memory(count: int) -> list[str]:
    """Return the rows of the table."""
    rows = [
        f"| {count:,} spans wait | bytes a span | of the SDK's | objects the collector sees "
        "| left a span after export, bytes | a full collection, ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    found = {name: held(make, count) for name, make in pipelines(count).items()}
    theirs = found["BatchSpanProcessor"].bytes
    for name, one in found.items():
        rows.append(
            f"| {name} | {one.bytes:,.0f} | {one.bytes / theirs:.2f} | {one.objects:.1f} "
            f"| {one.left_bytes:.2f} | {one.collection_millis} |"
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few spans, for a first look")
    print("\n".join(memory(10_000 if parser.parse_args().quick else 100_000)))


if __name__ == "__main__":
    main()
