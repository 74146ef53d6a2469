"""A destination that fails: nothing is lost while it may come back, and nobody else notices."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Sequence

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from tests.delivery.conftest import Deliver, Flaky, soon
from tests.fakes import KeepingExporter
from tests.servers.otlp import HttpSink

NAMES = [f"span {number}" for number in range(20)]


@pytest.fixture
def refused() -> Iterator[str]:
    """Return an address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/v1/traces"


def test_a_dead_backend_harms_nobody(deliver: Deliver, refused: str) -> None:
    """The user's thread does not wait, the other destination has all, and a flush is truthful."""
    alive = KeepingExporter()
    pipeline = deliver(OTLPSpanExporter(refused, timeout=0.2), alive)
    started = time.monotonic()
    pipeline.end(*NAMES)
    assert time.monotonic() - started < 3
    assert pipeline.processor.force_flush(2_000) is False
    assert alive.batches == [NAMES]


def test_a_backend_that_comes_back_gets_everything(deliver: Deliver, otlp_http: HttpSink) -> None:
    """It refuses for a while, over real sockets; each span arrives in the end."""
    otlp_http.status = 400  # what the exporter itself does not retry
    pipeline = deliver(OTLPSpanExporter(otlp_http.endpoint))
    pipeline.end(*NAMES, of="t-1")
    assert pipeline.processor.force_flush() is False
    otlp_http.status = 200
    assert pipeline.processor.force_flush() is True
    assert [span.name for span in otlp_http.spans()] == NAMES
    assert pipeline.processor.shutdown() is True


@pytest.mark.parametrize("mood", ["fails", "raises"])
def test_retries_come_by_themselves(deliver: Deliver, hasty: None, mood: str) -> None:
    """Nobody has to flush: spans are tried again until they are accepted."""
    exporter = Flaky(mood)
    pipeline = deliver(exporter, schedule_delay_millis=5)
    pipeline.end(*NAMES)
    assert soon(lambda: len(exporter.calls) >= 3)
    exporter.mood = "accepts"
    assert soon(lambda: len(exporter.accepted) >= len(NAMES))
    assert sorted(exporter.accepted) == sorted(NAMES)
    assert pipeline.processor.force_flush() is True


def test_a_storm_of_failures_loses_nothing(deliver: Deliver, hasty: None) -> None:
    """Two of three calls fail, on many sessions: every span arrives, and only once."""
    calls = 0

    def sometimes(spans: Sequence[ReadableSpan]) -> bool:
        nonlocal calls
        calls += 1
        return calls % 3 == 0

    exporter = Flaky(sometimes)
    pipeline = deliver(exporter, schedule_delay_millis=5)
    for number in range(30):
        pipeline.end(*(f"{number}.{index}" for index in range(10)), of=f"t-{number}")
    assert soon(lambda: len(exporter.accepted) >= 300)
    assert sorted(exporter.accepted) == sorted(set(exporter.accepted))
    assert pipeline.processor.shutdown() is True


def test_spans_that_are_at_fault_are_found_and_given_up(
    deliver: Deliver, hasty: None, caplog: pytest.LogCaptureFixture
) -> None:
    """One span that the destination never takes costs none of its neighbours."""
    exporter = Flaky(lambda spans: all(span.name != "odd" for span in spans))
    pipeline = deliver(exporter, schedule_delay_millis=5, retry_for_seconds=0.5)
    pipeline.end(*NAMES[:10], "odd", *NAMES[10:], of="t-1")
    assert soon(lambda: len(exporter.accepted) >= len(NAMES))
    assert sorted(exporter.accepted) == sorted(NAMES)
    assert soon(lambda: any("did not take spans" in message for message in caplog.messages))
    assert pipeline.processor.shutdown() is False
    assert caplog.messages[-1] == "Flaky: 20 spans delivered, 1 refused, 0 dropped"


def test_without_retries_a_failure_is_final(deliver: Deliver) -> None:
    """retry_for_seconds=0 is for who would rather lose a span than have it twice."""
    exporter = Flaky("fails")
    pipeline = deliver(exporter, retry_for_seconds=0)
    pipeline.end("lost")
    assert pipeline.processor.force_flush() is False
    exporter.mood = "accepts"
    pipeline.end("taken")
    assert pipeline.processor.force_flush() is True
    assert (exporter.calls, pipeline.processor.shutdown()) == ([["lost"], ["taken"]], False)


def test_a_dead_destination_is_left_alone(
    deliver: Deliver, patient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """After five failures in a row there is a pause, however much waits; one line says so."""
    exporter = Flaky("fails")
    pipeline = deliver(exporter, schedule_delay_millis=5)
    for number in range(50):
        pipeline.end(f"{number}", of=f"t-{number}")
    assert soon(lambda: len(exporter.calls) >= 5)
    time.sleep(0.2)
    assert len(exporter.calls) == 5
    assert [message for message in caplog.messages if "5 times in a row" in message]


def test_a_flush_while_it_is_down_probes_once(deliver: Deliver, patient: None) -> None:
    """With the smallest session that waits. It says False, and at once."""
    exporter = Flaky("fails")
    pipeline = deliver(exporter)
    for number in range(10):
        pipeline.end(*["work"] * (number + 1), of=f"t-{number}")
    while len(exporter.calls) < 5:
        assert pipeline.processor.force_flush() is False
    before = len(exporter.calls)
    started = time.monotonic()
    assert pipeline.processor.force_flush() is False
    assert time.monotonic() - started < 5
    (probe,) = exporter.calls[before:]
    assert len(probe) < 10  # not the largest


def test_a_shutdown_while_it_is_down_probes_once(
    deliver: Deliver, patient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for a dead backend, and what is lost is said."""
    exporter = Flaky("fails")
    pipeline = deliver(exporter)
    for number in range(10):
        pipeline.end("work", of=f"t-{number}")
    assert pipeline.processor.force_flush() is False
    before = len(exporter.calls)
    started = time.monotonic()
    assert pipeline.processor.shutdown() is False
    assert time.monotonic() - started < 5
    assert len(exporter.calls) == before + 1
    assert caplog.messages[-1] == "Flaky: 0 spans delivered, 0 refused, 10 dropped"


def test_a_shutdown_tries_again_while_that_may_help(deliver: Deliver) -> None:
    """One failure is no reason to lose spans when there is time for another attempt."""
    exporter = Flaky()
    exporter.mood = lambda spans: len(exporter.calls) > 2
    pipeline = deliver(exporter)
    pipeline.end(*NAMES)
    assert pipeline.processor.shutdown() is True
    assert sorted(exporter.accepted) == sorted(NAMES)


def test_an_exporter_that_returns_nothing_is_believed(
    deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    """Some forget to. To send their spans again would double them for ever."""

    class Silent(KeepingExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            super().export(spans)
            return None  # type: ignore[return-value]

    exporter = Silent()
    pipeline = deliver(exporter)
    pipeline.end("work")
    assert pipeline.processor.force_flush() is True
    assert exporter.batches == [["work"]]
    assert [message for message in caplog.messages if "neither SUCCESS nor FAILURE" in message]
