"""Whose session a span belongs to: the Context's, another library's, the live parent's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from opentelemetry import context as context_api
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ConcurrentMultiSpanProcessor, TracerProvider
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions import live
from otel_helisession.sessions.context import set_session
from otel_helisession.sessions.scope import session
from otel_helisession.sessions.value import Session

TRIP = Session("Trip", id="t-1", path="/trip")
TRIP_ID = {"helicone.session.id": "t-1"}


@pytest.fixture
def tracer(provider: TracerProvider) -> Tracer:
    provider.add_span_processor(SessionSpanProcessor())
    return provider.get_tracer("tests")


def stamp(span: Any) -> dict[str, Any]:
    """Return the span's session id, as an attribute; nothing when it has none."""
    return {key: value for key, value in span.attributes.items() if key == "helicone.session.id"}


def ended_stamp(tracer: Tracer, **arguments: Any) -> dict[str, Any]:
    """Start and end a span, and return its session id."""
    span = tracer.start_span("work", **arguments)
    span.end()
    return stamp(span)


def test_a_plain_span_has_the_current_session(tracer: Tracer) -> None:
    """start_span() without a context carries every attribute of the session."""
    with session("Trip", id="t-1", path="/trip", user_id="u", properties={"tier": "pro"}):
        span: Any = tracer.start_span("work", kind=SpanKind.CLIENT)
    span.end()
    assert dict(span.attributes) == {
        "helicone.session.id": "t-1",
        "helicone.session.path": "/trip",
        "helicone.session.name": "Trip",
        "session.id": "t-1",
        "user.id": "u",
        "gen_ai.conversation.id": "t-1",
        "helicone.property.tier": "pro",
    }


def test_a_span_without_a_session_stays_as_it_is(tracer: Tracer) -> None:
    """Nothing is written, and nothing is remembered."""
    span: Any = tracer.start_span("work", attributes={"a": 1})
    assert live.count() == 0
    span.end()
    assert dict(span.attributes) == {"a": 1}


def test_an_explicit_context_wins_over_the_current_one(tracer: Tracer) -> None:
    """context= says whose session it is, also when that is nobody's."""
    with session("Other", id="o-1"):
        assert ended_stamp(tracer, context=set_session(TRIP)) == TRIP_ID
        assert ended_stamp(tracer, context=Context()) == {}


def test_a_live_parent_passes_its_session_on(tracer: Tracer) -> None:
    """A child started with an otherwise empty Context belongs to its parent's session."""
    with session("Trip", id="t-1"):
        parent = tracer.start_span("parent")
    assert ended_stamp(tracer, context=set_span_in_context(parent, Context())) == TRIP_ID
    parent.end()
    assert ended_stamp(tracer, context=set_span_in_context(parent, Context())) == {}


def test_a_session_entered_below_a_span_wins_over_it(tracer: Tracer) -> None:
    """The Context's session comes before the live parent's."""
    with session("Outer", id="o-1"), tracer.start_as_current_span("outer") as outer:
        with session("Trip", id="t-1"):
            assert ended_stamp(tracer) == TRIP_ID
        assert stamp(outer) == {"helicone.session.id": "o-1"}
        assert ended_stamp(tracer) == {"helicone.session.id": "o-1"}


def test_a_remote_parent_has_no_session(tracer: Tracer) -> None:
    """A span id from elsewhere is not looked up, even where it is that of a live span."""
    with session("Trip", id="t-1"):
        known = tracer.start_span("known")
    remote = SpanContext(1, known.get_span_context().span_id, True, TraceFlags(1))
    context = set_span_in_context(NonRecordingSpan(remote), Context())
    assert ended_stamp(tracer, context=context) == {}
    assert ended_stamp(tracer, context=set_session(TRIP, context)) == TRIP_ID
    known.end()


def test_a_parent_that_went_through_text_keeps_its_session(tracer: Tracer) -> None:
    """Within a process a Context may travel as a traceparent; a server's request is another's."""
    with session("Trip", id="t-1"):
        known = tracer.start_span("known")
    there = known.get_span_context()
    remote = SpanContext(there.trace_id, there.span_id, True, TraceFlags(1))
    context = set_span_in_context(NonRecordingSpan(remote), Context())
    assert ended_stamp(tracer, context=context) == TRIP_ID
    assert ended_stamp(tracer, context=context, kind=SpanKind.SERVER) == {}
    known.end()


def test_a_child_of_an_unknown_parent_has_the_contexts_session(tracer: Tracer) -> None:
    """A parent that no processor of ours saw does not hide the session."""
    parent = NonRecordingSpan(SpanContext(1, 2, False, TraceFlags(1)))
    with session("Trip", id="t-1"), trace.use_span(parent):
        assert ended_stamp(tracer) == TRIP_ID


def test_sessions_cross_providers(tracer: Tracer) -> None:
    """A child that another provider makes finds the parent of the first one."""
    other = TracerProvider(shutdown_on_exit=False)
    other.add_span_processor(SessionSpanProcessor())
    with session("Trip", id="t-1"):
        parent = tracer.start_span("parent")
    context = set_span_in_context(parent, Context())
    assert ended_stamp(other.get_tracer("other"), context=context) == TRIP_ID
    parent.end()


@pytest.fixture
def concurrent() -> Iterator[Tracer]:
    processors = ConcurrentMultiSpanProcessor(2)
    provider = TracerProvider(active_span_processor=processors, shutdown_on_exit=False)
    provider.add_span_processor(SessionSpanProcessor())
    yield provider.get_tracer("tests")
    provider.shutdown()


def test_concurrent_processors_know_contexts_and_parents(concurrent: Tracer) -> None:
    """Their threads have no Context: explicit ones and live parents tell; a bare root cannot."""
    root = concurrent.start_span("root", context=set_session(TRIP))
    assert stamp(root) == TRIP_ID
    with trace.use_span(root, end_on_exit=True):
        assert ended_stamp(concurrent) == TRIP_ID
    with session("Trip", id="t-1"):
        assert ended_stamp(concurrent) == {}


def test_a_pool_without_instrumentation_has_the_parents_session(tracer: Tracer) -> None:
    """Work that got the parent span, but not the Context, belongs to its session."""
    with ThreadPoolExecutor(2) as pool, session("Trip", id="t-1"):
        assert pool.submit(ended_stamp, tracer).result(5) == {}
        with tracer.start_as_current_span("parent") as parent:
            context = set_span_in_context(parent, Context())
            assert pool.submit(ended_stamp, tracer, context=context).result(5) == TRIP_ID


def test_an_instrumented_pool_has_the_session(tracer: Tracer) -> None:
    """ThreadingInstrumentor copies the OpenTelemetry Context, and the session is in it."""
    threading_instrumentation = pytest.importorskip("opentelemetry.instrumentation.threading")
    instrumentor = threading_instrumentation.ThreadingInstrumentor()
    instrumentor.instrument()
    try:
        with ThreadPoolExecutor(2) as pool, session("Trip", id="t-1"):
            assert pool.submit(ended_stamp, tracer).result(5) == TRIP_ID
            seen: list[dict[str, Any]] = []
            thread = threading.Thread(target=lambda: seen.append(ended_stamp(tracer)))
            thread.start()
            thread.join(5)
        assert seen == [TRIP_ID]
    finally:
        instrumentor.uninstrument()


def test_a_parallel_burst_mixes_no_sessions(tracer: Tracer) -> None:
    """Spans of 40 sessions on 8 threads all carry their own."""

    def run(number: int) -> set[str]:
        token = context_api.attach(set_session(Session(id=f"t-{number}"), Context()))
        with tracer.start_as_current_span("parent"):
            found = {ended_stamp(tracer)["helicone.session.id"] for _ in range(20)}
        context_api.detach(token)
        return found

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(40))) == [{f"t-{number}"} for number in range(40)]


def test_default_session_trace_makes_a_session_of_a_trace(provider: TracerProvider) -> None:
    """Spans without a session get their trace's, named by its root; its id is no conversation
    of the user's."""
    provider.add_span_processor(SessionSpanProcessor(default_session="trace"))
    tracer = provider.get_tracer("tests")
    with tracer.start_as_current_span("root") as root:
        child: Any = tracer.start_span("child")
        child.end()
        inner = ended_stamp(tracer, context=set_session(TRIP))
    trace_id = trace.format_trace_id(root.get_span_context().trace_id)
    assert dict(child.attributes) == {
        "helicone.session.id": trace_id,
        "helicone.session.path": "/",
        "helicone.session.name": "root",
        "session.id": trace_id,
    }
    assert inner == TRIP_ID


def test_two_processors_on_one_provider_stamp_once(
    tracer: Tracer, provider: TracerProvider, caplog: pytest.LogCaptureFixture
) -> None:
    """The second one says so in the log, and what it counts stays right."""
    provider.add_span_processor(SessionSpanProcessor())
    for _ in range(3):
        with session("Trip", id="t-1"):
            assert ended_stamp(tracer) == TRIP_ID
    assert live.count() == 0
    (message,) = caplog.messages
    assert message.startswith("a TracerProvider has two SessionSpanProcessors")


def test_nothing_is_kept_of_a_span_that_nobody_ends(tracer: Tracer) -> None:
    """An abandoned span is forgotten, with its subtree."""
    with session("Trip"):
        for _ in range(100):
            parent = tracer.start_span("parent")
            tracer.start_span("child", context=set_span_in_context(parent))
    del parent


@pytest.mark.parametrize("variable", ["HELISESSION_DISABLED", "OTEL_SDK_DISABLED"])
def test_the_off_switch_stamps_nothing(
    variable: str, provider: TracerProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The processor is there, and does nothing."""
    monkeypatch.setenv(variable, "1")
    tracer = provider.get_tracer("tests")
    provider.add_span_processor(SessionSpanProcessor())
    with session("Trip"):
        assert ended_stamp(tracer) == {}
