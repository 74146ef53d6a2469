"""The user's program in the fault suite: ends spans, and notices how long that takes."""

from __future__ import annotations

import itertools
import statistics
import time
from typing import Any

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions.scope import session

SPANS_A_SESSION = 5


class Program:
    """Ends tool spans in sessions, each with a name of its own.

    Attributes:
        name: What the names begin with.
        sent: The names, in order.
        seconds: What starting and ending each of them has taken, on this thread.
        bare: The same of a span beside each, of a provider without a processor.
        processor: The processor that they go through.
    """

    _runs = itertools.count()

    def __init__(self, exporter: SpanExporter, *, spool: Any = False, **settings: Any) -> None:
        settings = {"schedule_delay_millis": 50, **settings}
        self.processor = SessionSpanProcessor(
            exporter, settings=DeliverySettings(**settings), spool=spool
        )
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(self.processor)
        self._tracer = provider.get_tracer("tests")
        self._bare = TracerProvider(shutdown_on_exit=False).get_tracer("tests")
        self.name = f"search {next(self._runs)}."
        self._numbers = itertools.count()
        self.sent: list[str] = []
        self.seconds: list[float] = []
        self.bare: list[float] = []

    def work(self, sessions: int = 4) -> set[str]:
        """Run so many sessions, and return the names of their spans."""
        before = len(self.sent)
        for _ in range(sessions):
            with session("Trip planner"):
                for _ in range(SPANS_A_SESSION):
                    self._call()
        return set(self.sent[before:])

    def waits_for_nobody(self) -> bool:
        """Tell whether no call of the program has waited for a network or a disk.

        A span takes some dozen microseconds, twice those of a bare one, and a machine that has
        other work to do slows both, and now and then stops a thread; a network or a disk takes
        a second to fail here.
        """
        usual = statistics.median(self.seconds) < 5 * statistics.median(self.bare)
        return usual and max(self.seconds) < max(self.bare) + 0.5

    def _call(self) -> None:
        name = f"{self.name}{next(self._numbers)}"
        self.sent.append(name)
        tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
        for tracer, seconds in ((self._bare, self.bare), (self._tracer, self.seconds)):
            began = time.perf_counter()
            tracer.start_span(name, attributes=tool).end()
            seconds.append(time.perf_counter() - began)


def soon(is_so: Any, seconds: float = 30.0) -> bool:
    """Wait until *is_so*(); False when that takes longer than *seconds*."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def took(began: float, millis: float) -> bool:
    """Tell whether what began then kept a deadline of so many milliseconds: to a tenth, or to
    100 ms, and as much again for a machine that has other work to do."""
    return (time.monotonic() - began) * 1_000 <= millis + 2 * max(100.0, millis / 10)
