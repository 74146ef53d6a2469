"""How logs travel: in parallel, again when that helps, never longer than allowed."""

from __future__ import annotations

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import Status

from otel_helisession.exporters.helicone import HeliconeSpanExporter
from otel_helisession.exporters.helicone.batch import Tally
from tests.helicone.conftest import MakeExporter
from tests.helicone.endpoint import KEY, FakeHelicone
from tests.helicone.spans import SESSION, llm

FAILURE, SUCCESS = SpanExportResult.FAILURE, SpanExportResult.SUCCESS


@pytest.mark.parametrize("fault", [500, 503, 408, 429, "reset", "break"])
def test_the_first_retry_comes_within_half_a_second_with_the_same_bytes(
    worker: FakeHelicone, exporter: MakeExporter, fault: Any
) -> None:
    """The same id and the same body, so that Helicone merges what it has got twice."""
    worker.faults = [fault]
    assert exporter(worker).export([llm()]) is SUCCESS
    first, second = worker.arrivals
    assert first.body == second.body
    assert 0.2 < second.at - first.at < 0.5


def test_pauses_double_and_5xx_are_capped(
    worker: FakeHelicone, exporter: MakeExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """A Jawn answers 500 to what it cannot read, too: four attempts, then it is dropped."""
    worker.always = 500
    dropping = exporter(worker)
    assert dropping.export([llm()]) is FAILURE
    times = [arrival.at for arrival in worker.arrivals]
    pauses = [later - sooner for sooner, later in pairwise(times)]
    assert len(pauses) == 3
    assert all(0.3 <= pause / 2**n < 0.5 for n, pause in enumerate(pauses)), pauses
    assert dropping.tally == Tally(0, 1)
    assert "answered 500. On a self-hosted Helicone its own log says more" in caplog.text


def test_retry_after_is_obeyed_by_all(worker: FakeHelicone, exporter: MakeExporter) -> None:
    """The limit is the organisation's: no other log is sent meanwhile, either."""
    worker.faults = [(429, {"retry-after": "1"}, b"")]
    assert exporter(worker, max_connections=1).export([llm() for _ in range(20)]) is SUCCESS
    first, *others = worker.arrivals
    assert len(others) == 20
    assert min(arrival.at for arrival in others) - first.at >= 1.0


def test_a_retry_after_beyond_the_deadline_is_not_waited_for(
    worker: FakeHelicone, exporter: MakeExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread that exports has other batches to send."""
    worker.always = (429, {"retry-after": "300"}, b"")
    start = time.monotonic()
    assert exporter(worker).export([llm() for _ in range(100)]) is FAILURE
    assert time.monotonic() - start < 1
    assert "limits the rate of logs (429)" in caplog.records[0].getMessage()


def test_a_server_that_hangs_is_given_up_at_the_deadline(
    worker: FakeHelicone, exporter: MakeExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """What was accepted meanwhile counts as accepted."""
    worker.faults = ["hang"]
    hanging = exporter(worker, timeout_seconds=0.4)
    start = time.monotonic()
    assert hanging.export([llm() for _ in range(10)]) is FAILURE
    assert 0.4 <= time.monotonic() - start < 0.8
    assert hanging.tally == Tally(9, 1)
    assert len(caplog.records) == 1


def test_nobody_listens(exporter: MakeExporter, caplog: pytest.LogCaptureFixture) -> None:
    """Said soon, tried until the deadline, then dropped, with the error in both lines."""
    with FakeHelicone("worker") as gone:
        pass
    start = time.monotonic()
    assert exporter(gone, timeout_seconds=1.0).export([llm(), llm()]) is FAILURE
    assert 0.25 < time.monotonic() - start < 1.4
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    first, last = (record.getMessage() for record in caplog.records)
    assert "could not be reached (Connection" in first
    assert first.endswith("; trying again")
    assert "could not be reached (Connection" in last
    assert "dropped and counted" in last


def test_a_host_name_that_is_none(caplog: pytest.LogCaptureFixture) -> None:
    """Of a form that the resolver itself refuses."""
    for host in ("x..y", "a" * 70 + ".invalid"):
        nowhere = HeliconeSpanExporter(KEY, f"http://{host}/v1/log", timeout_seconds=0.3)
        assert nowhere.export([llm()]) is FAILURE
        nowhere.shutdown()
    assert caplog.text.count("could not be reached") == 2


def test_logs_go_in_parallel_on_connections_that_are_kept(
    worker: FakeHelicone, exporter: MakeExporter
) -> None:
    """Never more than the limit, within a batch and across batches."""
    worker.latency = 0.02
    limited = exporter(worker, max_connections=8)
    start = time.monotonic()
    for _ in range(2):
        assert limited.export([llm() for _ in range(64)]) is SUCCESS
    assert time.monotonic() - start < 1.0  # 16 rounds; one after another it would be 2.6
    assert worker.most_at_once == 8
    assert len({arrival.port for arrival in worker.arrivals}) == 8
    assert (len(worker.arrivals), max(worker.ids().values())) == (128, 1)


def test_connections_that_the_server_closed_are_opened_anew(
    worker: FakeHelicone, exporter: MakeExporter
) -> None:
    """At once: that is no fault, and no retry."""
    closing = (200, {"helicone-id": "x", "connection": "close"}, b"ok")
    worker.faults = [closing, None]
    twice = exporter(worker)
    start = time.monotonic()
    assert [twice.export([llm()]) for _ in range(3)] == [SUCCESS] * 3
    assert time.monotonic() - start < 0.2
    assert len({arrival.port for arrival in worker.arrivals}) == 2


def test_export_blocks_until_all_is_settled(worker: FakeHelicone, exporter: MakeExporter) -> None:
    """The BatchSpanProcessor never flushes its exporter, so the answer must be in by then."""
    worker.latency = 0.1
    blocking = exporter(worker)
    assert blocking.export([llm() for _ in range(5)]) is SUCCESS
    assert blocking.tally == Tally(5, 0)


def test_threads_may_export_at_the_same_time(worker: FakeHelicone, exporter: MakeExporter) -> None:
    """Each gets the truth about its own spans."""
    shared = exporter(worker)
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(lambda _: shared.export([llm() for _ in range(20)]), range(16))
    assert set(results) == {SUCCESS}
    assert shared.tally == Tally(320, 0)
    assert sum(thread.name == "helisession-helicone" for thread in threading.enumerate()) == 1


def test_flush_tells_the_truth_once(worker: FakeHelicone, exporter: MakeExporter) -> None:
    """False when something was dropped since the last flush, or is still under way."""
    honest = exporter(worker)
    assert honest.force_flush(100) is True
    worker.faults = [400]
    honest.export([llm()])
    assert (honest.force_flush(100), honest.force_flush(100)) == (False, True)
    worker.latency = 0.3
    thread = threading.Thread(target=honest.export, args=([llm()],))
    thread.start()
    time.sleep(0.1)
    assert (honest.force_flush(50), honest.force_flush(1_000)) == (False, True)
    thread.join()


def test_shutdown_drains_what_is_under_way(
    worker: FakeHelicone, exporter: MakeExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """And says in one line how it went; afterwards nothing is taken."""
    caplog.set_level(logging.INFO)
    worker.latency = 0.2
    closing = exporter(worker)
    results: list[SpanExportResult] = []
    thread = threading.Thread(target=lambda: results.append(closing.export([llm(), llm()])))
    thread.start()
    time.sleep(0.05)
    closing.shutdown(2_000)
    thread.join()
    assert results == [SUCCESS]
    assert caplog.messages == ["HeliconeSpanExporter: all 2 logs accepted"]
    assert closing.export([llm()]) is FAILURE
    closing.shutdown()
    assert not [thread for thread in threading.enumerate() if thread.name.endswith("-helicone")]


def test_shutdown_keeps_its_deadline(
    worker: FakeHelicone, exporter: MakeExporter, caplog: pytest.LogCaptureFixture
) -> None:
    """What hangs is given up, counted, and said."""
    worker.faults = ["hang"] * 3
    closing = exporter(worker)
    results: list[SpanExportResult] = []
    thread = threading.Thread(target=lambda: results.append(closing.export([llm()] * 4)))
    thread.start()
    time.sleep(0.1)
    start = time.monotonic()
    closing.shutdown(200)
    assert time.monotonic() - start < 0.7
    thread.join(1)
    assert (results, closing.tally) == ([FAILURE], Tally(1, 3))
    assert caplog.messages[-1] == "HeliconeSpanExporter: 1 logs accepted, 3 dropped"


class _Broken(ReadableSpan):
    @property
    def status(self) -> Status:
        raise RuntimeError("no SDK's span does this")


def test_a_span_that_cannot_be_written_costs_only_itself(
    worker: FakeHelicone, exporter: MakeExporter, lenient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """It is counted as dropped, and logged once for each that noticed."""
    context = llm().get_span_context()
    broken = [_Broken("broken", context, attributes=SESSION) for _ in range(3)]
    some = exporter(worker)
    assert some.export([llm(), *broken, llm()]) is FAILURE
    assert some.tally == Tally(2, 3)
    assert [record.getMessage().partition(" failed")[0] for record in caplog.records] == [
        "finishing a span",
        "writing a log for Helicone",
    ]


def test_the_off_switch(
    worker: FakeHelicone, exporter: MakeExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is sent, and that is a success."""
    monkeypatch.setenv("HELISESSION_DISABLED", "true")
    assert exporter(worker).export([llm()]) is SUCCESS
    assert worker.arrivals == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_has_connections_of_its_own(
    worker: FakeHelicone, exporter: MakeExporter
) -> None:
    """Thread and connections are the parent's, which goes on using them."""
    shared = exporter(worker)
    assert shared.export([llm()]) is SUCCESS
    child = os.fork()
    if child == 0:
        os._exit(0 if shared.export([llm()]) is SUCCESS else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert shared.export([llm()]) is SUCCESS
    first, second, third = (arrival.port for arrival in worker.arrivals)
    assert first == third != second
