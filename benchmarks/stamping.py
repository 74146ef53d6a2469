"""What a session costs on the user's thread: CPU time added to a span, beside the alternatives.

    python benchmarks/stamping.py            # about a minute
    python benchmarks/stamping.py --quick    # a few seconds, noisier

Every case runs in every round, those of a shape right after each other in an order that changes,
so that a slow moment of the machine hits what is compared alike. One process, one thread, thread
CPU time, no garbage collection while timing. "Added" is what a case took beyond the bare span of
its shape in the same round, and its ratios are those of the round too: medians over the rounds,
with their median absolute deviation. The two bare cases are the same code: what they differ by is
noise.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from measuring import added, figure, ratio
from opentelemetry import baggage, context, trace
from opentelemetry.processor.baggage import ALLOW_ALL_BAGGAGE_KEYS, BaggageSpanProcessor
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

from otel_helisession import Session, SessionSpanProcessor, session, set_session, step

TRIP = Session("Trip planner", path="/trip/research")
GIVEN = Session("Trip planner", "t-1", "/trip/research", "u-1", {"Plan": "pro"})
BAGGAGE = {"session.id": TRIP.id, "session.path": TRIP.path, "session.name": TRIP.name}
EIGHT: dict[str, Any] = {
    "http.request.method": "POST",
    "server.address": "api.example.com",
    "server.port": 443,
    "url.full": "https://api.example.com/v1/things",
    "http.response.status_code": 200,
    "network.protocol.version": "1.1",
    "code.function.name": "call",
    "retry": False,
}
DEPTHS = (1, 4, 16, 64)


class Bare(SpanProcessor):
    """Does nothing."""


class SetAttributes(SpanProcessor):
    """Writes the attributes of one session on each span: the floor by public means."""

    def __init__(self, entered: Session = TRIP) -> None:
        self._attributes = entered.attributes

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        span.set_attributes(self._attributes)


@dataclass
class Case:
    """One thing that is timed.

    Attributes:
        name: What it is.
        shape: Cases of one shape are compared with the bare one among them.
        run: Does it so many times.
        around: Entered before, left after, untimed.
        nanos: CPU time of each, a round.
    """

    name: str
    shape: str
    run: Callable[[int], None]
    around: Callable[[], Any] = ExitStack
    nanos: list[float] = field(default_factory=list)

    def measure(self, times: int) -> None:
        with self.around():
            self.run(max(1, times // 20))
            before = time.thread_time_ns()
            self.run(times)
            self.nanos.append((time.thread_time_ns() - before) / times)


def tracer_with(processor: SpanProcessor) -> trace.Tracer:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    return provider.get_tracer("benchmark")


def spans(tracer: trace.Tracer, attributes: dict[str, Any] | None = None) -> Callable[[int], None]:
    """Return what starts and ends a span so many times."""

    def run(times: int) -> None:
        for _ in range(times):
            tracer.start_span("work", attributes=attributes).end()

    return run


@contextmanager
def attached(changed: context.Context) -> Iterator[None]:
    token = context.attach(changed)
    yield
    context.detach(token)


def in_session() -> Any:
    return attached(set_session(TRIP))


def in_given_session() -> Any:
    return attached(set_session(GIVEN))


def in_baggage() -> Any:
    changed = context.get_current()
    for name, value in BAGGAGE.items():
        changed = baggage.set_baggage(name, value, changed)
    return attached(changed)


def below(tracer: trace.Tracer, depth: int) -> Callable[[], Any]:
    """Return a block with *depth* spans open below each other, in the session."""

    def enter() -> ExitStack:
        stack = ExitStack()
        stack.enter_context(in_session())
        for number in range(depth):
            stack.enter_context(tracer.start_as_current_span(f"level{number}"))
        return stack

    return enter


def cases() -> list[Case]:
    """Return every case. The one named "bare span" is what the others of its shape add to."""
    bare, floor = tracer_with(Bare()), tracer_with(SetAttributes())
    floor_given = tracer_with(SetAttributes(GIVEN))
    ours, theirs = (
        tracer_with(SessionSpanProcessor()),
        tracer_with(BaggageSpanProcessor(ALLOW_ALL_BAGGAGE_KEYS)),
    )
    made = [
        Case("bare span", "root", spans(bare), in_session),
        Case("bare span, again", "root", spans(bare), in_session),
        Case("bare set_attributes", "root", spans(floor), in_session),
        Case("BaggageSpanProcessor, 3 entries", "root", spans(theirs), in_baggage),
        Case("in a session", "root", spans(ours), in_session),
        Case("no session", "root", spans(ours)),
        Case("bare span", "7 keys of a session", spans(bare), in_given_session),
        Case("bare set_attributes", "7 keys of a session", spans(floor_given), in_given_session),
        Case("in a session", "7 keys of a session", spans(ours), in_given_session),
        Case("bare span", "8 attributes", spans(bare, EIGHT)),
        Case("bare set_attributes", "8 attributes", spans(floor, EIGHT), in_session),
        Case("in a session", "8 attributes", spans(ours, EIGHT), in_session),
        Case("no session", "8 attributes", spans(ours, EIGHT)),
    ]
    for depth in DEPTHS:
        shape = f"{depth} deep"
        made += [
            Case("bare span", shape, spans(bare), below(bare, depth)),
            Case("bare set_attributes", shape, spans(floor), below(floor, depth)),
            Case("in a session", shape, spans(ours), below(ours, depth)),
        ]
    return made + scopes(bare)


def scopes(bare: trace.Tracer) -> list[Case]:
    """Return the cases of entering and leaving, and of headers."""

    def repeated(block: Callable[[], Any]) -> Callable[[int], None]:
        def run(times: int) -> None:
            for _ in range(times):
                with block():
                    pass

        return run

    tracer = trace.get_tracer("benchmark")

    def by_hand(times: int) -> None:
        for _ in range(times):
            around = context.get_current()
            span = tracer.start_span("research", around)
            token = context.attach(trace.set_span_in_context(span, around))
            context.detach(token)
            span.end()

    def headers(times: int) -> None:
        for _ in range(times):
            assert TRIP.at("/trip/research").headers

    def known_headers(times: int) -> None:
        for _ in range(times):
            assert TRIP.headers

    return [
        Case("session()", "enter and leave", repeated(lambda: session("Trip planner"))),
        Case("session(id=...)", "enter and leave", repeated(lambda: session("Trip", id="t-1"))),
        Case(
            "start_as_current_span",
            "enter and leave",
            repeated(lambda: bare.start_as_current_span("research")),
        ),
        Case(
            "start_as_current_span, no SDK",
            "enter and leave",
            repeated(lambda: tracer.start_as_current_span("research")),
        ),
        Case("bare span", "step(), no SDK", by_hand, in_session),
        Case("step()", "step(), no SDK", repeated(lambda: step("research")), in_session),
        Case("headers, first time at a place", "headers", headers),
        Case("headers, again", "headers", known_headers),
    ]


def one_round(measured: list[Case], times: int) -> None:
    """Measure each case once, those of a shape right after each other: the speed of a machine with
    other work changes from one tenth of a second to the next."""
    shapes = list({case.shape for case in measured})
    for shape in random.sample(shapes, len(shapes)):
        alike = [case for case in measured if case.shape == shape]
        for case in random.sample(alike, len(alike)):
            case.measure(times)


def report(measured: list[Case]) -> None:
    """Print a row a case: what it takes, what it adds, and that beside set_attributes."""
    print(
        f"Python {sys.version.split()[0]}, OpenTelemetry {version('opentelemetry-sdk')}, ", end=""
    )
    print(f"{len(measured[0].nanos)} rounds; microseconds of CPU time, median ±MAD.\n")
    print("| shape | case | µs | added | added, of set_attributes' | whole, of its |")
    print("|---|---|---:|---:|---:|---:|")
    for case in measured:
        took = [nanos / 1_000 for nanos in case.nanos]
        row = [case.shape, case.name, f"{figure(took)}", "", "", ""]
        peers = {
            peer.name: [nanos / 1_000 for nanos in peer.nanos]
            for peer in measured
            if peer.shape == case.shape
        }
        bare, floor = peers.get("bare span"), peers.get("bare set_attributes")
        if bare is not None and case.name != "bare span":
            row[3] = f"{added(took, bare)}"
            if floor is not None:
                row[4] = f"{ratio(_beyond(took, bare), _beyond(floor, bare))}"
                row[5] = f"{ratio(took, floor)}"
        print(f"| {' | '.join(row)} |")


def _beyond(took: list[float], bare: list[float]) -> list[float]:
    return [one - other for one, other in zip(took, bare, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, for a first look")
    quick: bool = parser.parse_args().quick
    rounds, times = (40, 100) if quick else (400, 150)
    measured = cases()
    gc.disable()
    for _ in range(rounds):
        one_round(measured, times)
        gc.collect()
    report(measured)


if __name__ == "__main__":
    main()
