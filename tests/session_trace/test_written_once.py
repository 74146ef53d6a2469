"""Each span id is written once: requests as they end, nodes and the root last, by one process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from otel_helisession import (
    Session,
    SessionSpanExporter,
    SessionSpanProcessor,
    SessionTraceExporter,
    record,
    session,
    set_session,
)
from otel_helisession.session_trace import bounds, docket, ids
from otel_helisession.session_trace.open_trace import OpenTrace
from otel_helisession.session_trace.places import Written
from otel_helisession.session_trace.recent import Fate
from otel_helisession.session_trace.told import Told
from otel_helisession.sessions import ending
from tests.fakes import KeepingExporter
from tests.holding.spans import llm, span
from tests.session_trace.drawing import said, totals, tree, until

PATH = {"helicone__session__path": "/a"}
GIVEN = {"gen_ai__conversation__id": "s"}


def test_requests_leave_when_they_end_and_the_root_when_the_session_is_left(
    pipeline: Any,
) -> None:
    """Until then the parent of a request is missing; nobody has to flush."""
    kept = KeepingExporter()
    tracer, processor = pipeline(kept)
    with session("Trip", path="/a"):
        tracer.start_span("chat", attributes={"gen_ai.operation.name": "chat"}).end()
        until(lambda: kept.spans)
        assert tree(kept.spans) == ["? chat"]
        assert processor.force_flush() is True
        assert len(kept.spans) == 1
    until(lambda: len(kept.spans) == 3)
    assert tree(kept.spans) == ["Trip (1)", "  a (1)", "    chat"]


def test_nodes_and_root_are_the_last_call(traced: Any) -> None:
    """The root is the last of all."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    exporter.export([llm("s", **PATH)])
    exporter.shutdown()
    assert kept.batches == [["chat"], ["a", "session"]]


def test_under_a_simple_processor_too(provider: Any) -> None:
    """Where each span comes alone, on the program's thread."""
    kept = KeepingExporter()
    exporter = SessionTraceExporter(kept, settle_seconds=0.02)
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(SimpleSpanProcessor(SessionSpanExporter(exporter)))
    with session("Trip", path="/a"):
        attributes = {"gen_ai.operation.name": "chat"}
        provider.get_tracer("tests").start_span("chat", attributes=attributes).end()
    until(lambda: len(kept.spans) == 3)
    assert tree(kept.spans) == ["Trip (1)", "  a (1)", "    chat"]


def test_a_given_id_ends_when_idle_and_says_so(traced: Any) -> None:
    """A conversation has no end that anybody tells."""
    kept = KeepingExporter()
    exporter = traced(kept, idle_seconds=0.05)
    exporter.export([llm("s", **GIVEN)])
    until(lambda: len(kept.spans) == 2)
    assert said(kept.spans[-1])["helicone.session.trace.closed"] == "idle"


@pytest.mark.parametrize(
    ("owner", "attributes", "parent", "written"),
    [
        (None, GIVEN, False, True),
        (None, GIVEN, True, False),
        (None, {}, False, False),
        (False, GIVEN, False, False),
        (True, {}, True, True),
    ],
    ids=["a trace began here", "called by another", "made elsewhere", "not the owner", "owner"],
)
def test_who_writes_the_root_of_an_id_that_it_did_not_make(
    traced: Any, owner: bool | None, attributes: dict[str, Any], parent: bool, written: bool
) -> None:
    """Where its traces begin, unless it is told; others write requests only."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=owner)
    exporter.export([llm("s", parent=span("s", "caller") if parent else None, **attributes)])
    exporter.shutdown()
    assert kept.batches == [["chat"], ["session"]][: 1 + written]


def test_a_session_that_is_sent_to_another_process_is_not_its_own(
    traced: Any, provider: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pickled Session, continued there, makes requests; the root is its maker's."""
    sent = Session("Trip", "11111111-1111-4111-8111-111111111111", id_given=False)
    kept = KeepingExporter()
    exporter = traced(kept)
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    attributes = {"gen_ai.operation.name": "chat"}
    tracer = provider.get_tracer("tests")
    tracer.start_span("chat", set_session(sent), attributes=attributes).end()
    exporter.shutdown()
    assert tree(kept.spans) == ["? chat"]


FORKED = """
import os
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter
from otel_helisession import SessionSpanProcessor, SessionTraceExporter, record, session
shown = SessionTraceExporter(
    ConsoleSpanExporter(formatter=lambda span: f"{span.name} {span.context.span_id:x}" + chr(10))
)
trace.set_tracer_provider(TracerProvider())
trace.get_tracer_provider().add_span_processor(SessionSpanProcessor(shown))
with session("Trip", path="/a"):
    with record.tool("before"):
        pass
    child = os.fork()
    with record.tool("child" if child == 0 else "parent"):
        pass
trace.get_tracer_provider().shutdown()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_writes_its_requests_and_no_root(
    run_python: Callable[..., CompletedProcess[str]],
) -> None:
    """Though it leaves the session as well; each id comes once."""
    done = run_python(FORKED)
    names = sorted(line.rpartition(" ")[0] for line in done.stdout.splitlines())
    requests = [f"execute_tool {name}" for name in ("before", "child", "parent")]
    assert (names, done.stderr) == (["Trip", "a", "before", *requests, "parent"], "")
    assert len(set(done.stdout.splitlines())) == len(names)


def test_what_comes_after_the_end_hangs_under_its_node(traced: Any) -> None:
    """It is in no total; a node that was not there is written then, and the root never again."""
    kept = KeepingExporter()
    exporter = traced(kept)
    with session("Trip") as own:
        exporter.export([llm(own.id, **PATH)])
    exporter.force_flush()
    exporter.export([llm(own.id, "late", **PATH), llm(own.id, helicone__session__path="/b")])
    exporter.force_flush()
    assert tree(kept.spans) == [
        "session (1)",
        "  a (1)",
        "    chat",
        "    chat",
        "  b (1)",
        "    chat",
    ]
    assert kept.batches[-1] == ["b"]


def test_a_conversation_that_goes_on_has_one_root(traced: Any) -> None:
    """It fell idle in between; the second end writes what is new."""
    kept = KeepingExporter()
    exporter = traced(kept, idle_seconds=0.03)
    exporter.export([llm("s", **GIVEN, **PATH)])
    until(lambda: len(kept.spans) == 3)
    exporter.export([llm("s", **GIVEN, **PATH)])
    exporter.shutdown()
    assert tree(kept.spans) == ["session (1)", "  a (1)", "    chat", "    chat"]


def test_a_span_that_is_handed_over_twice_is_written_once(traced: Any) -> None:
    """As by two processors that share the exporter."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    call = llm("s")
    exporter.export([call, call])
    exporter.export([call])
    exporter.shutdown()
    assert tree(kept.spans) == ["session (1)", "  chat"]


def test_a_session_that_is_open_at_shutdown_is_closed_and_says_so(traced: Any) -> None:
    """Its nodes and root are written as they are."""
    kept = KeepingExporter()
    exporter = traced(kept)
    with session("Trip") as own:
        exporter.export([llm(own.id)])
        assert exporter.shutdown() is True
    assert tree(kept.spans) == ["session (1)", "  chat"]
    assert said(kept.spans[-1])["helicone.session.trace.closed"] == "shutdown"
    assert kept.was_shut_down


def test_a_session_that_is_not_left_is_not_idle(traced: Any) -> None:
    """A long think between two calls of one run ends nothing."""
    kept = KeepingExporter()
    exporter = traced(kept, idle_seconds=0.02)
    with session("Trip") as own:
        exporter.export([llm(own.id)])
        time.sleep(0.1)
        exporter.export([llm(own.id)])
    exporter.force_flush()
    assert totals(kept.spans[-1])["requests"] == 2
    assert own.id not in ending.open_here


def test_a_session_that_is_its_trace_ends_with_it(traced: Any) -> None:
    """default_session="trace", as `helisession run` has it."""
    kept = KeepingExporter()
    exporter = traced(kept)
    own = f"{1:032x}"
    root = span(own, "main")
    exporter.export([llm(own, parent=root), root])
    exporter.force_flush()
    assert tree(kept.spans) == ["session (1)", "  chat"]


def test_too_many_open_sessions_close_the_quietest(
    traced: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Memory is bounded; what comes later of it hangs where it belongs."""
    monkeypatch.setattr(docket, "MAX_OPEN", 2)
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    exporter.export([llm(name) for name in ("one", "two", "three")])
    until(lambda: len(kept.spans) == 4)
    exporter.export([llm("one")])
    exporter.shutdown()
    first = [each for each in kept.spans if each.context.trace_id == ids.trace_id("one")]
    assert tree(first) == ["session (1)", "  chat", "  chat"]
    assert first[1].attributes["helicone.session.trace.closed"] == "early"
    assert len(caplog.messages) == 1


def test_a_session_of_5000_requests_is_counted_whole_and_shown_in_part(traced: Any) -> None:
    """2,000 have a span; the root says of how many that is not so."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    for _ in range(10):
        exporter.export([llm("s", gen_ai__usage__input_tokens=1) for _ in range(500)])
    exporter.shutdown()
    expected = {"requests": 5_000, "errors": 0, "input_tokens": 5_000, "llm.requests": 5_000}
    assert totals(kept.spans[-1]) == expected
    assert said(kept.spans[-1])["helicone.session.trace.collapsed"] == 3_000
    assert len(tree(kept.spans)) == 2_001


def test_of_a_long_session_only_the_last_spans_are_remembered() -> None:
    """Some thousand; of the others, only what their nodes need."""
    told = [Told.by(llm("s")) for _ in range(3_000)]
    trace = OpenTrace(told[0], bounds.TraceBounds(), Written())
    for at in range(0, 3_000, 100):
        for sent in trace.add(told[at : at + 100]):
            trace.settle(sent, Fate.WRITTEN)
        assert len(trace) <= bounds.RECENT + 1


def test_recorded_requests_need_no_exporter_of_their_own() -> None:
    """record works the same without any; nothing is left open here."""
    with session("Trip") as own, record.tool("search"):
        assert own.id in ending.open_here
    assert own.id not in ending.open_here
