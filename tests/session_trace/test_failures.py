"""A backend that is down or refuses: nothing is written twice, nothing claimed that is not so."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult

from otel_helisession import (
    DeliverySettings,
    SessionSpanProcessor,
    SessionTraceExporter,
    session,
)
from otel_helisession.delivery.outcome import Outcome
from tests.fakes import BlockedExporter, KeepingExporter, RaisingExporter, RefusingExporter
from tests.holding.spans import llm
from tests.session_trace.drawing import said, totals, tree, until

CHAT = {"gen_ai.operation.name": "chat"}
QUICK = DeliverySettings(schedule_delay_millis=10)


class Refusing(KeepingExporter):
    """Refuses for good, while *refuses*; what it was handed then is not kept."""

    retries_itself = True
    refuses = True

    def deliver(self, spans: Any) -> Outcome:
        if self.refuses:
            return Outcome(refused=list(spans), reason="told to")
        self.export(spans)
        return Outcome()


def test_a_request_that_was_not_accepted_is_sent_again_as_it_was(traced: Any) -> None:
    """Byte for byte, when the queue hands it over again; it is counted once."""
    down = RefusingExporter()
    exporter = traced(down, owner=True)
    call = llm("s")
    assert list(exporter.deliver([call]).undelivered) == [call]
    down.refuses = False
    assert exporter.deliver([call]).accepted
    first, second = (encode_spans([one]).SerializeToString() for one in down.spans)
    assert first == second
    exporter.shutdown()
    assert totals(down.spans[-1])["requests"] == 1


def test_a_root_that_was_not_accepted_is_sent_again_as_it_was(traced: Any) -> None:
    """Until it is; a flush says that it is not, and one after that it is."""
    down = RefusingExporter()
    exporter = traced(down)
    with session("Trip") as own:
        down.refuses = False
        exporter.export([llm(own.id)])
        down.refuses = True
    assert exporter.force_flush(timeout_millis=1_000) is False
    down.refuses = False
    assert exporter.force_flush() is True
    roots = {encode_spans([one]).SerializeToString() for one in down.spans[1:]}
    assert len(down.spans) >= 3
    assert len(roots) == 1


def test_a_request_that_is_refused_for_good_is_said_to_have_no_span(traced: Any) -> None:
    """Its node counts it, and says that it is not shown."""
    backend = Refusing()
    exporter = traced(backend, owner=True)
    call = llm("s")
    outcome = exporter.deliver([call])
    assert (list(outcome.refused), outcome.reason) == ([call], "told to")
    backend.refuses = False
    exporter.shutdown()
    assert tree(backend.spans) == ["session (1)"]
    assert said(backend.spans[-1])["helicone.session.trace.collapsed"] == 1


def test_nodes_that_were_refused_do_not_count_as_written(traced: Any) -> None:
    """When the session goes on, they are written at its next end."""
    backend = Refusing()
    exporter = traced(backend)
    with session("Trip") as own:
        exporter.deliver([llm(own.id, helicone__session__path="/a")])
    assert exporter.force_flush() is False
    backend.refuses = False
    assert exporter.deliver([llm(own.id, helicone__session__path="/a")]).accepted
    assert exporter.force_flush() is True
    assert tree(backend.spans) == ["session (1)", "  a (1)", "    chat"]


def test_a_shutdown_that_loses_roots_says_so(traced: Any, caplog: pytest.LogCaptureFixture) -> None:
    """False, and one line with the number."""
    exporter = traced(RaisingExporter(), owner=True)
    assert len(exporter.deliver([llm("s")]).undelivered) == 1
    assert exporter.shutdown(timeout_millis=300) is False
    assert "; 1 of their nodes did not arrive" in caplog.text


def test_after_shutdown_spans_are_refused(traced: Any) -> None:
    """And a second shutdown is as true as the first."""
    exporter = traced(KeepingExporter())
    assert exporter.shutdown() is True
    assert exporter.export([llm("s")]) is SpanExportResult.FAILURE
    assert exporter.shutdown() is True


def test_a_backend_that_hangs_holds_up_nobody_who_leaves_a_session(traced: Any) -> None:
    """The listener takes no lock."""
    blocked = BlockedExporter()
    exporter = traced(blocked, owner=True)
    thread = threading.Thread(target=exporter.deliver, args=([llm("s")],))
    thread.start()
    assert blocked.entered.wait(5)
    with session("Trip"):
        pass
    blocked.released.set()
    thread.join(5)


def test_an_odd_span_does_not_cost_its_batch(traced: Any, lenient: None) -> None:
    """It is refused, and reported once."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    outcome = exporter.deliver([object(), llm("s")])
    assert (len(outcome.refused), kept.batches) == (1, [["chat"]])


def test_a_root_that_a_spool_has_kept_comes_as_it_was(
    provider: TracerProvider, tmp_path: Path
) -> None:
    """The backend was down when the process ended; the next one brings the nodes, once."""
    backend = RefusingExporter()
    backend.refuses = False
    first = SessionSpanProcessor(SessionTraceExporter(backend), spool=str(tmp_path))
    provider.add_span_processor(first)
    with session("Trip", path="/a"):
        provider.get_tracer("tests").start_span("chat", attributes=CHAT).end()
        assert first.force_flush() is True
        backend.refuses = True
    assert first.shutdown(timeout_millis=1_000) is False
    backend.refuses = False
    tried = {encode_spans([one]).SerializeToString() for one in backend.spans}
    backend.spans.clear()
    second = SessionSpanProcessor(
        SessionTraceExporter(backend, settle_seconds=0.02), settings=QUICK, spool=str(tmp_path)
    )
    later = TracerProvider(shutdown_on_exit=False)
    later.add_span_processor(second)
    with session("Else"):
        later.get_tracer("tests").start_span("work").end()
    until(lambda: len(backend.spans) >= 3)
    second.shutdown()
    sent = {one.name: encode_spans([one]).SerializeToString() for one in backend.spans}
    assert sorted(sent) == ["Else", "Trip", "a"]
    assert {sent["Trip"], sent["a"]} < tried


def test_a_spool_gets_no_content_and_a_name_of_its_own(traced: Any) -> None:
    """So that what was kept is not resent as the original spans."""
    exporter = traced(KeepingExporter())
    kept = exporter.spooled(llm("s", gen_ai__input__messages='[{"role": "user"}]'))
    assert "gen_ai.input.messages" not in kept.attributes
    assert exporter.destination == "SessionTraceExporter KeepingExporter"


def test_requests_that_a_spool_has_kept_join_their_trace(
    provider: TracerProvider, tmp_path: Path
) -> None:
    """The backend was down all along; what comes later is the same trace, requests and nodes."""
    backend = RefusingExporter()
    first = SessionSpanProcessor(SessionTraceExporter(backend), spool=str(tmp_path))
    provider.add_span_processor(first)
    with session("Trip", path="/a"):
        provider.get_tracer("tests").start_span("chat", attributes=CHAT).end()
    assert first.shutdown(timeout_millis=1_000) is False
    backend.refuses = False
    backend.spans.clear()
    second = SessionSpanProcessor(
        SessionTraceExporter(backend), settings=QUICK, spool=str(tmp_path)
    )
    later = TracerProvider(shutdown_on_exit=False)
    later.add_span_processor(second)
    with session("Else"):
        later.get_tracer("tests").start_span("work").end()
    until(lambda: len(backend.spans) >= 3)
    second.shutdown()
    trip = [one for one in backend.spans if one.name != "Else"]
    assert tree(trip) == ["Trip (1)", "  a (1)", "    chat"]
