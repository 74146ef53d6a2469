"""What spans take that wait for their export, what stays of them, and what collecting costs.

    python benchmarks/holding.py [--quick]

Beside the SDK's BatchSpanProcessor, whose spans carry the same attributes here. They wait because
the exporter hangs in its first batch, as it does before a backend that is down. Bytes as
tracemalloc counts them, after a full garbage collection; that one's time without tracemalloc.
scaling.py writes this table, too.
"""

from __future__ import annotations

import argparse
import gc
import threading
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


class Nothing(SpanProcessor):
    """Holds nothing."""


class SameAttributes(BatchSpanProcessor):
    """The SDK's own, on spans that carry what a session's do."""

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        span.set_attributes(TRIP.attributes)


class Hanging(SpanExporter):
    """Takes spans and drops them, while *open*; hangs otherwise."""

    def __init__(self, open: threading.Event) -> None:
        self._open = open

    def export(self, spans: Any) -> SpanExportResult:
        self._open.wait()
        return SpanExportResult.SUCCESS


Pipeline = Callable[[SpanExporter], SpanProcessor]


def pipelines(count: int) -> dict[str, Pipeline]:
    """Return processors that can hold *count* spans."""
    return {
        "nothing held": lambda exporter: Nothing(),
        "BatchSpanProcessor": lambda exporter: SameAttributes(exporter, max_queue_size=2 * count),
        "otel-helisession": lambda exporter: SessionSpanProcessor(
            exporter, settings=DeliverySettings(max_queue_size=2 * count, max_queue_bytes=10**12)
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


def held(make: Pipeline, count: int) -> Held:
    """Let *count* spans wait in a pipeline of its own, in a session; then let them go, twice."""
    opened = threading.Event()
    opened.set()
    processor = make(Hanging(opened))
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("benchmark")

    def end_spans(number: int) -> None:
        for _ in range(number):
            tracer.start_span("work").end()

    token = context.attach(set_session(TRIP))
    end_spans(100)
    _flush(processor)
    opened.clear()
    gc.collect()
    tracemalloc.start()
    before, objects = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
    end_spans(count)
    time.sleep(0.5)  # until they are grouped
    gc.collect()
    size = (tracemalloc.get_traced_memory()[0] - before) / count
    more = (len(gc.get_objects()) - objects) / count
    tracemalloc.stop()
    opened.set()
    _flush(processor)
    opened.clear()
    end_spans(count)
    time.sleep(0.5)
    pauses = figure([_collection() for _ in range(7)])
    opened.set()
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
