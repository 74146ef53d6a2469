"""The clock of the machine jumps."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import Start
from tests.faults.destinations import Destination
from tests.faults.program import soon, took
from tests.faults.wire import FaultyWire

YEAR_SECONDS = 365 * 86_400


@pytest.mark.parametrize("jump", [-YEAR_SECONDS, -60, 60, YEAR_SECONDS])
def test_a_jump_of_the_clock_moves_no_deadline(
    jump: int,
    destination: Destination,
    wire: FaultyWire,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the middle of an outage: pauses are what they were, and every span arrives."""
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


def test_a_machine_that_slept_for_a_day_delivers(
    destination: Destination, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The monotonic clock leaps too, where it counts sleep: what waited is due at once."""
    program = start(destination.exporter(destination.port), schedule_delay_millis=60_000)
    program.work()
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + 86_400)
    program.work(200)  # wakes the thread, which would look again within 12 seconds
    assert soon(lambda: set(destination.arrived()) == set(program.sent), seconds=30)
    assert program.processor.shutdown(2_000)
