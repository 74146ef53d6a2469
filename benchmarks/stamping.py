"""What a session costs on the user's thread: CPU time added to a span, beside the alternatives.

    python benchmarks/stamping.py            # about a minute
    python benchmarks/stamping.py --quick    # a few seconds, noisier

Every case runs in every round, in an order that changes from round to round, so that a slow
second of the machine hits all of them alike. One process, one thread, thread CPU time, no
garbage collection while timing. "Added" is the minimum over rounds less that of the bare span
of the same shape; the two bare cases are the same code, and their difference is the noise.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from opentelemetry import baggage, context, trace
from opentelemetry.processor.baggage import ALLOW_ALL_BAGGAGE_KEYS, BaggageSpanProcessor
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

from otel_helisession import Session, SessionSpanProcessor, session, set_session, step

TRIP = Session("Trip planner", path="/trip/research")
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

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        span.set_attributes(TRIP.attributes)


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
            gc.collect()
            gc.disable()
            try:
                before = time.thread_time_ns()
                self.run(times)
                self.nanos.append((time.thread_time_ns() - before) / times)
            finally:
                gc.enable()


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
        Case("step(), no SDK", "enter and leave", repeated(lambda: step("research")), in_session),
        Case("headers, first time at a place", "headers", headers),
        Case("headers, again", "headers", known_headers),
    ]


def report(measured: list[Case]) -> None:
    """Print a row a case: minimum, median, and how they compare with the bare cases."""
    print(
        f"Python {sys.version.split()[0]}, OpenTelemetry {version('opentelemetry-sdk')}, ", end=""
    )
    print(f"{len(measured[0].nanos)} rounds; microseconds of CPU time.\n")
    print("| shape | case | min | median | added | added, of set_attributes' | whole, of its |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for case in measured:
        lowest, median = min(case.nanos) / 1_000, statistics.median(case.nanos) / 1_000
        row = [case.shape, case.name, f"{lowest:.2f}", f"{median:.2f}", "", "", ""]
        peers = {
            peer.name: min(peer.nanos) / 1_000 for peer in measured if peer.shape == case.shape
        }
        bare, floor = peers.get("bare span"), peers.get("bare set_attributes")
        if bare is not None and floor is not None and case.name != "bare span":
            row[4] = f"{lowest - bare:+.2f}"
            row[5] = f"{(lowest - bare) / (floor - bare):.2f}"
            row[6] = f"{lowest / floor:.2f}"
        print(f"| {' | '.join(row)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, for a first look")
    quick: bool = parser.parse_args().quick
    rounds, times = (8, 400) if quick else (60, 1_500)
    measured = cases()
    order = random.Random(7)
    for _ in range(rounds):
        for case in order.sample(measured, len(measured)):
            case.measure(times)
    report(measured)


if __name__ == "__main__":
    main()
