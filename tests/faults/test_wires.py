"""The wire to a destination fails, in each way that it can."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.conftest import Start
from tests.faults.destinations import Destination
from tests.faults.program import soon, took
from tests.faults.wire import FAULTS, FaultyWire


@pytest.mark.parametrize("fault", FAULTS)
def test_an_outage_loses_nothing(
    fault: str, destination: Destination, wire: FaultyWire, start: Start
) -> None:
    """What was sent before, meanwhile and after arrives; a flush meanwhile is False, in time."""
    program = start(destination.exporter(wire.port))
    program.work()
    assert program.processor.force_flush(10_000)
    wire.fault = fault
    program.work()
    began = time.monotonic()
    assert not program.processor.force_flush(500)
    assert took(began, 500)
    wire.fault = None
    program.work()
    assert soon(lambda: set(destination.arrived()) == set(program.sent))
    assert soon(lambda: program.processor.force_flush(1_000))
    assert not destination.knows_ids or set(destination.arrived().values()) == {1}
    assert program.waits_for_nobody()
    assert program.processor.shutdown(5_000)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_program_that_ends_in_an_outage_leaves_its_spans_in_the_spool(
    fault: str, destination: Destination, wire: FaultyWire, start: Start, tmp_path: Path
) -> None:
    """It ends in time, and says False; the next one delivers what it has left."""
    ending = start(destination.exporter(wire.port), spool=tmp_path / "spool")
    wire.fault = fault
    ending.work()
    began = time.monotonic()
    assert not ending.processor.shutdown(1_000)
    assert took(began, 1_000)
    assert ending.waits_for_nobody()
    wire.fault = None
    next_one = start(destination.exporter(wire.port), spool=tmp_path / "spool")
    expected = {*ending.sent, *next_one.work()}
    assert soon(lambda: set(destination.arrived()) == expected)
    assert not destination.knows_ids or set(destination.arrived().values()) == {1}
    assert next_one.processor.shutdown(5_000)


def test_a_program_without_a_spool_says_what_is_lost(
    destination: Destination, wire: FaultyWire, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """Lost or arrived: the two are all that were sent."""
    wire.fault = "refused"
    program = start(destination.exporter(wire.port))
    program.work()
    assert not program.processor.shutdown(500)
    (queue,) = program.processor._delivery.queues  # type: ignore[union-attr]
    assert queue.tally.lost == len(program.sent)
    assert not destination.arrived()
    assert "0 spans delivered, 0 refused, 20 dropped" in caplog.text
