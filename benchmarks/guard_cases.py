"""What the guard measures: what runs on the user's thread, and the last look at a span.

Run by guard.py with one of two trees on PYTHONPATH, so only what both can be expected to have is
used, and a case whose names are missing is left out.

    count TIMES    runs each case so often between two calls of getppid(2), at which callgrind is
                   told to write down how many instructions it has seen, and prints the names
    time TIMES     for each line read, prints the CPU nanoseconds of each timed case, as JSON
"""

from __future__ import annotations

import gc
import json
import logging
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring import Case, nanos
from opentelemetry import context
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession import Session, SessionSpanProcessor, session, set_session, step

TRIP = Session("Trip planner", id="t-1", path="/trip/research")
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


class Bare(SpanProcessor):
    """Does nothing: what the SDK itself costs, in which a change is not ours."""


def spans(
    processor: SpanProcessor,
    attributes: dict[str, Any] | None = None,
    inside: bool = True,
    below: bool = False,
) -> Case:
    """Return what starts and ends so many spans, in a session or not, below a span or not."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("guard")
    around = set_session(TRIP) if inside else context.Context()

    def run(times: int) -> None:
        token = context.attach(around)
        if below:
            with tracer.start_as_current_span("parent"):
                for _ in range(times):
                    tracer.start_span("work", attributes=attributes).end()
        else:
            for _ in range(times):
                tracer.start_span("work", attributes=attributes).end()
        context.detach(token)

    return run


def sessions(**options: Any) -> Case:
    def run(times: int) -> None:
        for _ in range(times):
            with session("Trip planner", **options):
                pass

    return run


def steps(times: int) -> None:
    """Without an SDK: the step alone, not its span."""
    token = context.attach(set_session(TRIP))
    for _ in range(times):
        with step("research"):
            pass
    context.detach(token)


def headers(times: int) -> None:
    """The headers of a place that no request has left from yet."""
    for _ in range(times):
        assert TRIP.at("/trip/research").headers


def finishing() -> Case:
    """What reads, finishes and cleans a span of 20 attributes."""
    from reading import chat

    from otel_helisession.finishing import finish
    from otel_helisession.sessions.adoption import ADOPTED_KEYS

    span = chat(3_500)

    def run(times: int) -> None:
        for _ in range(times):
            finish(span, None, ADOPTED_KEYS)

    return run


COUNTED: dict[str, Callable[[], Case]] = {
    "bare span": lambda: spans(Bare()),
    "bare span, 8 attributes": lambda: spans(Bare(), EIGHT),
    "stamping": lambda: spans(SessionSpanProcessor()),
    "stamping below a span": lambda: spans(SessionSpanProcessor(), below=True),
    "stamping, 8 attributes": lambda: spans(SessionSpanProcessor(), EIGHT),
    "no session": lambda: spans(SessionSpanProcessor(), inside=False),
    "no session, 8 attributes": lambda: spans(SessionSpanProcessor(), EIGHT, inside=False),
    "session()": sessions,
    "session(id=...)": lambda: sessions(id="t-1"),
    "step(), no SDK": lambda: steps,
    "headers at a new place": lambda: headers,
    "finish": finishing,
}
"""Cases that are one thread's work, and the same whenever it is done."""


class Nowhere(SpanExporter):
    """Takes spans and drops them."""

    def export(self, spans: Any) -> SpanExportResult:
        return SpanExportResult.SUCCESS


def requests() -> Case:
    """A request of httpx that our headers go on, answered at once."""
    import httpx

    from otel_helisession import instrument_httpx

    instrument_httpx()
    client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    around = set_session(TRIP)

    def run(times: int) -> None:
        token = context.attach(around)
        for _ in range(times):
            client.get("https://oai.helicone.ai/v1/models")
        context.detach(token)

    return run


TIMED: dict[str, Callable[[], Case]] = {
    "span, with delivery": lambda: spans(SessionSpanProcessor(Nowhere())),
    "httpx request, with headers": requests,
}
"""Cases that other threads or other libraries take part in."""


def made(cases: dict[str, Callable[[], Case]]) -> dict[str, Case]:
    """Make the cases that this tree and this environment have what they need for."""
    found = {}
    for name, make in cases.items():
        try:
            found[name] = make()
        except ImportError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return found


def count(times: int) -> None:
    cases = made(COUNTED)
    for case in cases.values():
        case(50)  # caches are full, and the interpreter has specialised
    random.seed(1)  # the ids of spans
    gc.collect()
    gc.disable()
    for case in cases.values():
        os.getppid()
        case(times)
        os.getppid()
    print(json.dumps(list(cases)))


def timed(times: int) -> None:
    cases = made(TIMED)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps({name: nanos(case, times) for name, case in cases.items()}), flush=True)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    {"count": count, "time": timed}[sys.argv[1]](int(sys.argv[2]))
