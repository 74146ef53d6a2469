"""Whether a span costs the same however deep, wide and long a program runs; and what is held.

    python benchmarks/scaling.py            # about four minutes
    python benchmarks/scaling.py --quick    # half a minute, noisier
    python benchmarks/scaling.py --write    # and puts tables and picture into docs/performance.md

First the cost of a span below 1 to 64 open ones, beside 1 to 100,000 sessions with an open span
each, on 1 to 64 threads, and in 1 to 1,000 asyncio tasks: CPU time, of the whole process where
there are threads, beside the same with a processor that does nothing. Then what holding.py finds.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))

import page
from environments import PLOTS, prepared
from holding import memory
from measuring import added, figure
from opentelemetry import context, trace
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

from otel_helisession import Session, SessionSpanProcessor, set_session

TRIP = Session("Trip planner", path="/trip/research")
DEPTHS = (1, 4, 16, 64)
SESSIONS = (1, 100, 10_000, 100_000)
THREADS = (1, 4, 16, 64)
TASKS = (1, 10, 100, 1_000)


class Bare(SpanProcessor):
    """Does nothing."""


def tracer_with(*processors: SpanProcessor) -> trace.Tracer:
    provider = TracerProvider(shutdown_on_exit=False)
    for processor in processors:
        provider.add_span_processor(processor)
    return provider.get_tracer("benchmark")


@contextmanager
def attached(changed: context.Context) -> Iterator[None]:
    token = context.attach(changed)
    yield
    context.detach(token)


@contextmanager
def below(tracer: trace.Tracer, depth: int) -> Iterator[None]:
    """In a session, *depth* spans open below each other."""
    with ExitStack() as stack:
        stack.enter_context(attached(set_session(TRIP)))
        for _ in range(depth):
            stack.enter_context(tracer.start_as_current_span("level"))
        yield


@contextmanager
def among(tracer: trace.Tracer, sessions: int) -> Iterator[None]:
    """In one of *sessions* that have a span open each."""
    others = [
        tracer.start_span("open", set_session(Session("Other", id=f"s-{number}")))
        for number in range(sessions - 1)
    ]
    with attached(set_session(TRIP)):
        yield
    for span in others:
        span.end()


def spans(tracer: trace.Tracer, times: int) -> None:
    for _ in range(times):
        tracer.start_span("work").end()


def alone(tracer: trace.Tracer, times: int, size: int) -> None:
    spans(tracer, times)


def on_threads(tracer: trace.Tracer, times: int, size: int) -> None:
    """As many spans, shared by *size* threads that start together, each in the session."""
    together = threading.Barrier(size)

    def run() -> None:
        with attached(set_session(TRIP)):
            together.wait()
            spans(tracer, times // size)

    threads = [threading.Thread(target=run) for _ in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_tasks(tracer: trace.Tracer, times: int, size: int) -> None:
    """As many spans in *size* tasks, which wait for each other while their spans are open."""

    async def run() -> None:
        with attached(set_session(TRIP)):
            for _ in range(times // size):
                with tracer.start_as_current_span("work"):
                    await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(*(run() for _ in range(size)))

    asyncio.run(main())


@dataclass(frozen=True)
class Dimension:
    """Something that grows: what is opened around the measuring, and how spans are made in it."""

    name: str
    sizes: tuple[int, ...]
    around: Callable[[trace.Tracer, int], Any]
    run: Callable[[trace.Tracer, int, int], None]
    clock: Callable[[], int]


def nothing(tracer: trace.Tracer, size: int) -> Any:
    return ExitStack()


DIMENSIONS = (
    Dimension("spans open above it", DEPTHS, below, alone, time.thread_time_ns),
    Dimension("sessions with open spans", SESSIONS, among, alone, time.thread_time_ns),
    Dimension("threads", THREADS, nothing, on_threads, time.process_time_ns),
    Dimension("asyncio tasks", TASKS, nothing, in_tasks, time.process_time_ns),
)


def measured(dimension: Dimension, size: int, rounds: int, times: int) -> dict[str, list[float]]:
    """Return the microseconds of a span, bare and ours, in turns."""
    tracers = {"bare": tracer_with(Bare()), "ours": tracer_with(SessionSpanProcessor())}
    found: dict[str, list[float]] = {name: [] for name in tracers}
    with ExitStack() as stack:
        if dimension.around is among:  # opening 100,000 takes a second: once, for all rounds
            stack.enter_context(among(tracers["ours"], size))
        for number in range(rounds):
            for name in sorted(tracers, reverse=bool(number % 2)):
                inner = nothing if dimension.around is among else dimension.around
                with inner(tracers[name], size):
                    found[name].append(_micros(dimension, tracers[name], times, size))
    return found


def _micros(dimension: Dimension, tracer: trace.Tracer, times: int, size: int) -> float:
    gc.collect(0)
    gc.disable()
    try:
        before = dimension.clock()
        dimension.run(tracer, times, size)
        return (dimension.clock() - before) / times / 1_000
    finally:
        gc.enable()


def curves(rounds: int, times: int) -> tuple[list[str], dict[str, dict[str, list[float]]]]:
    """Measure every dimension; return the rows of a table, and what a picture is drawn of."""
    rows = ["| | | bare span | added in a session |", "|---|---:|---:|---:|"]
    drawn: dict[str, dict[str, list[float]]] = {}
    for dimension in DIMENSIONS:
        curve = drawn[dimension.name] = {
            key: [] for key in ("at", "bare", "bare_mad", "ours", "ours_mad")
        }
        for size in dimension.sizes:
            found = measured(dimension, size, rounds, max(times, size))
            bare, ours = figure(found["bare"]), figure(found["ours"])
            more = added(found["ours"], found["bare"])
            rows.append(f"| {dimension.name} | {size:,} | {bare} | {more} |")
            for key, value in zip(
                curve, (size, bare.median, bare.mad, ours.median, ours.mad), strict=True
            ):
                curve[key].append(value)
    return rows, drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, for a first look")
    parser.add_argument("--write", action="store_true", help="update docs/performance.md")
    options = parser.parse_args()
    rounds, times, count = (5, 1_000, 10_000) if options.quick else (21, 2_000, 100_000)
    rows, drawn = curves(rounds, times)
    found = [f"{page.conditions()}; {rounds} rounds, µs of CPU time, median ±MAD.", "", *rows]
    found += ["", *memory(count)]
    print("\n".join(found))
    if options.write:
        page.draw(prepared(PLOTS), "scaling", json.dumps(drawn))
        picture = "![What a span costs as a program grows](pictures/performance-scaling.svg)"
        page.write("scaling", "\n".join([*found, "", picture]))


if __name__ == "__main__":
    main()
