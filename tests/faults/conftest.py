"""Programs that are ended, destinations behind wires, and retries that do not take minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery import agenda
from otel_helisession.delivery.backoff import Backoff
from otel_helisession.delivery.breaker import Breaker
from tests.faults.destinations import NETWORKED, Destination
from tests.faults.program import Program
from tests.faults.wire import FaultyWire

Start = Callable[..., Program]


@pytest.fixture(autouse=True)
def _as_at_a_users(lenient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards log and go on; pauses are a tenth of what they are, so that a minute is seconds."""
    monkeypatch.setattr(agenda, "Backoff", lambda **_: Backoff(first=0.05, longest=0.5))
    monkeypatch.setattr(agenda, "Breaker", lambda: Breaker(first=0.1, longest=0.5))


@pytest.fixture
def start() -> Iterator[Start]:
    """``start(exporter, spool=..., **settings)`` returns a Program that is ended in the end."""
    programs: list[Program] = []

    def make(exporter: SpanExporter, **settings: Any) -> Program:
        programs.append(Program(exporter, **settings))
        return programs[-1]

    yield make
    for program in programs:
        program.processor.shutdown(0)


@pytest.fixture(params=NETWORKED)
def destination(request: pytest.FixtureRequest) -> Iterator[Destination]:
    """Each destination that is reached by a network."""
    with NETWORKED[request.param]() as made:
        yield made


@pytest.fixture
def wire(destination: Destination) -> Iterator[FaultyWire]:
    """What leads to it."""
    with FaultyWire(destination.port) as made:
        yield made
