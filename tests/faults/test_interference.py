"""What else runs in the process meddles."""

from __future__ import annotations

import gc
import threading
import time
from typing import Any

import pytest

from tests.faults.conftest import Start
from tests.faults.destinations import otlp_over_http
from tests.faults.program import soon


def test_a_memory_profiler_costs_no_span(start: Start) -> None:
    """It takes hold of every object there is, also of those half made."""
    over = threading.Event()

    def profile() -> None:
        while not over.wait(0.002):
            gc.get_objects()

    with otlp_over_http() as destination:
        program = start(destination.exporter(destination.port))
        profiler = threading.Thread(target=profile)
        profiler.start()
        program.work(200)
        flushed = program.processor.force_flush(10_000)
        over.set()
        profiler.join()
        assert flushed
        assert set(destination.arrived()) == set(program.sent)


def test_an_error_that_nobody_foresaw_costs_no_span(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The batch that it interrupts is sent again; one line tells of it."""
    with otlp_over_http() as destination:
        program = start(destination.exporter(destination.port))
        delivery: Any = program.processor._delivery
        finish, errors = delivery._finish, [SystemError("half made"), MemoryError()]

        def finish_at_last(*span: Any) -> Any:
            if errors:
                raise errors.pop()
            return finish(*span)

        monkeypatch.setattr(delivery, "_finish", finish_at_last)
        program.work()
        assert soon(lambda: set(destination.arrived()) == set(program.sent))
        assert program.processor.shutdown(5_000)
        assert "delivering spans failed with MemoryError" in caplog.text


def test_a_machine_with_no_time_left_delivers(start: Start) -> None:
    """Four threads want the interpreter all the time, for a second."""
    until = time.monotonic() + 1.0

    def spin() -> None:
        while time.monotonic() < until:
            pass

    with otlp_over_http() as destination:
        program = start(destination.exporter(destination.port))
        threads = [threading.Thread(target=spin) for _ in range(4)]
        for thread in threads:
            thread.start()
        program.work(20)
        for thread in threads:
            thread.join()
        assert program.processor.force_flush(10_000)
        assert set(destination.arrived()) == set(program.sent)
