"""The server answers, and says what it should not."""

from __future__ import annotations

import time
from typing import Any

import grpc
import pytest

from otel_helisession.exporters.helicone import answer as helicones_answer
from tests.faults.conftest import Start
from tests.faults.destinations import helicone, otlp_over_grpc, otlp_over_http
from tests.faults.program import Program, soon, took

HTML = (200, {"content-type": "text/html"}, b"<html>Log in to the hotel's network</html>")
OUTAGE_SECONDS = 1.5
"""A minute's, where pauses are a tenth of what they are, and exporters' timeouts too."""


def ride_out(program: Program, seconds: float = OUTAGE_SECONDS) -> None:
    """Go on working for so long, in the middle of an outage."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        program.work(1)
        time.sleep(0.1)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_errors_for_a_while_lose_nothing_over_http(status: int, start: Start) -> None:
    """Each span arrives when they are over, and the server was not stormed meanwhile."""
    with otlp_over_http() as destination:
        program = start(destination.exporter(destination.port))
        destination.server.status = status
        ride_out(program)
        assert not program.processor.force_flush(500)
        asked = len(destination.server.refused)
        destination.server.status = 200
        assert soon(lambda: set(destination.arrived()) == set(program.sent))
        assert asked < 40, "more than twenty requests a second at a server that is down"
        assert program.waits_for_nobody()
        assert program.processor.shutdown(5_000)


@pytest.mark.parametrize(
    "status", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED]
)
def test_errors_for_a_while_lose_nothing_over_grpc(status: grpc.StatusCode, start: Start) -> None:
    """Whether the exporter itself tries again (UNAVAILABLE), or fails at once."""
    with otlp_over_grpc() as destination:
        program = start(destination.exporter(destination.port))
        destination.server.status = status
        ride_out(program)
        destination.server.status = None
        assert soon(lambda: set(destination.arrived()) == set(program.sent))
        assert program.waits_for_nobody()
        assert program.processor.shutdown(5_000)


@pytest.mark.parametrize(
    "answer",
    [
        (429, {"retry-after": "1"}, b""),
        (429, {"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, b""),
        (503, {"retry-after": "-7"}, b"busy"),
        (500, {}, b""),
    ],
    ids=["429 for a second", "429 for ever", "503 with nonsense", "500"],
)
def test_errors_for_a_while_lose_nothing_at_helicone(
    answer: Any, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each log is stored when they are over, once by its id; Retry-After is not for ever."""
    monkeypatch.setattr(helicones_answer, "MAX_RETRY_AFTER_SECONDS", 1.0)  # of 60
    with helicone() as destination:
        program = start(destination.exporter(destination.port))
        destination.server.always = answer
        ride_out(program)
        assert not program.processor.force_flush(500)
        assert not destination.arrived()
        destination.server.always = None
        assert soon(lambda: set(destination.arrived()) == set(program.sent))
        assert set(destination.arrived().values()) == {1}
        assert program.waits_for_nobody()


@pytest.mark.parametrize("answer", ["error", HTML], ids=["an error", "a captive portal's page"])
def test_a_server_that_says_yes_and_stores_nothing_is_found_out_at_helicone(
    answer: Any, start: Start
) -> None:
    """200, and no helicone-id: it is counted as refused, with the reason."""
    with helicone() as destination:
        program = start(destination.exporter(destination.port))
        destination.server.always = answer
        program.work()
        assert not program.processor.force_flush(3_000)
        assert not program.processor.shutdown(3_000)
        (queue,) = program.processor._delivery.queues  # type: ignore[union-attr]
        assert queue.tally.lost == len(program.sent)
        assert not destination.arrived()


def test_a_stock_exporter_that_says_yes_is_believed(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is behind a 200, a page of a captive portal's say, only the exporter could know."""
    with otlp_over_http() as destination:
        program = start(destination.exporter(destination.port))
        monkeypatch.setattr(destination.server.http, "answer", lambda request: HTML)
        program.work()
        assert program.processor.force_flush(3_000)
        assert not destination.arrived()


def test_a_storm_of_429_keeps_the_deadline(start: Start) -> None:
    """However long Retry-After asks to wait, nobody's exit waits for that."""
    with helicone() as destination:
        program = start(destination.exporter(destination.port))
        destination.server.always = (429, {"retry-after": "3600"}, b"")
        program.work()
        began = time.monotonic()
        assert not program.processor.force_flush(500)
        assert took(began, 500)
        began = time.monotonic()
        assert not program.processor.shutdown(1_000)
        assert took(began, 1_000)
