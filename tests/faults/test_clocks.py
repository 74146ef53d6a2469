"""The clock of the machine jumps.

Not for gRPC: it has two clocks, and a test can set only one of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Start
from tests.faults.destinations import Destination, helicone, otlp_over_http
from tests.faults.program import soon, took
from tests.faults.wire import FaultyWire

YEAR_SECONDS = 365 * 86_400

Place = tuple[Destination, FaultyWire]


@pytest.fixture(params=[otlp_over_http, helicone], ids=["OTLP over HTTP", "Helicone"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A destination, and the wire to it."""
    with request.param() as destination, FaultyWire(destination.port) as wire:
        yield destination, wire


@pytest.mark.parametrize("jump", [-YEAR_SECONDS, -60, 60, YEAR_SECONDS])
def test_a_jump_of_the_clock_moves_no_deadline(
    jump: int,
    place: Place,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the middle of an outage: pauses are what they were, and every span arrives."""
    destination, wire = place
    wire.fault = "refused"
    program = start(destination.exporter(wire.port))
    program.work()
    assert not program.processor.force_flush(200)
    now, now_ns = time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    monkeypatch.setattr(time, "time_ns", lambda: now_ns() + jump * 1_000_000_000)
    program.work()
    began = time.monotonic()
    assert not program.processor.force_flush(500)
    assert took(began, 500)
    wire.fault = None
    assert soon(lambda: set(destination.arrived()) == set(program.sent), seconds=5)
    assert program.processor.shutdown(2_000)


def test_a_machine_that_sleeps_for_a_day_in_an_outage_delivers_then(
    place: Place, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The monotonic clock leaps too, where it counts sleep: too old for memory, and spooled."""
    destination, wire = place
    wire.fault = "refused"
    program = start(destination.exporter(wire.port), spool=tmp_path / "spool")
    program.work()
    assert not program.processor.force_flush(1_500)
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + 86_400)
    program.work()
    wire.fault = None
    assert soon(lambda: set(destination.arrived()) == set(program.sent))
    queues = program.processor._delivery.queues  # type: ignore[union-attr]
    assert soon(lambda: queues.is_complete)  # it has looked, and the spool is empty
    assert program.processor.shutdown(2_000)
