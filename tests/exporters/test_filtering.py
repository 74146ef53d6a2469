"""FilteringSpanExporter: what passes hangs together, whoever leaves first."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, TraceFlags, TraceState

from otel_helisession import (
    DeliverySettings,
    FilteringSpanExporter,
    Keep,
    SessionSpanExporter,
    SessionSpanProcessor,
    WholeSessionExporter,
    session,
)
from otel_helisession.delivery.outcome import Outcome
from tests.fakes import KeepingExporter, RaisingExporter, RefusingExporter

LLM = {"gen_ai.operation.name": "chat"}
TOOL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}

Pipeline = Callable[..., tuple[Any, KeepingExporter]]


def ours(provider: TracerProvider, exporter: SpanExporter) -> None:
    provider.add_span_processor(
        SessionSpanProcessor(exporter, settings=DeliverySettings(schedule_delay_millis=60_000))
    )


def batch(provider: TracerProvider, exporter: SpanExporter) -> None:
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(BatchSpanProcessor(SessionSpanExporter(exporter)))


def bare(provider: TracerProvider, exporter: SpanExporter) -> None:
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(BatchSpanProcessor(exporter))


@pytest.fixture(params=[ours, batch, bare], ids=lambda one: one.__name__)
def pipeline(request: pytest.FixtureRequest, provider: TracerProvider) -> Pipeline:
    def make(only: Any = "requests") -> tuple[Any, KeepingExporter]:
        exporter = KeepingExporter()
        request.param(provider, FilteringSpanExporter(exporter, only=only))
        return provider.get_tracer("tests"), exporter

    return make


def tree(exporter: KeepingExporter) -> dict[str, str | None]:
    """Return the name of each span's parent: ``?`` for one that did not come, None for roots."""
    names = {span.context.span_id: span.name for span in exporter.spans}
    return {
        span.name: None if span.parent is None else names.get(span.parent.span_id, "?")
        for span in exporter.spans
    }


def test_children_hang_under_the_nearest_kept_ancestor(
    pipeline: Pipeline, provider: TracerProvider
) -> None:
    """Structure is taken out from between; what hung under it goes up."""
    tracer, exporter = pipeline()
    start = tracer.start_as_current_span
    with (
        session("Trip"),
        start("agent"),
        start("tool", attributes=TOOL),
        start("step"),
        start("chat", attributes=LLM),
        start("POST"),
    ):
        tracer.start_span("embed", attributes=LLM).end()
    assert provider.force_flush()
    assert tree(exporter) == {"embed": "chat", "chat": "tool", "tool": None}


def test_a_parent_may_leave_long_after_its_child(
    pipeline: Pipeline, provider: TracerProvider
) -> None:
    """Each span in a batch of its own: open parents are asked."""
    tracer, exporter = pipeline()
    start = tracer.start_as_current_span
    with session("Trip"), start("request"), start("tool", attributes=TOOL), start("step"):
        tracer.start_span("chat", attributes=LLM).end()
        assert provider.force_flush()
        assert tree(exporter) == {"chat": "?"}
    assert provider.force_flush()
    assert tree(exporter) == {"chat": "tool", "tool": None}


def test_a_parent_may_leave_before_its_child(pipeline: Pipeline, provider: TracerProvider) -> None:
    """What became of it is remembered."""
    tracer, exporter = pipeline()
    with session("Trip"):
        start = tracer.start_as_current_span
        with start("tool", attributes=TOOL), start("step"):
            chat = tracer.start_span("chat", attributes=LLM)
        assert provider.force_flush()
        chat.end()
    assert provider.force_flush()
    assert tree(exporter) == {"chat": "tool", "tool": None}


def test_a_parent_outside_of_the_session_is_asked_too(
    pipeline: Pipeline, provider: TracerProvider
) -> None:
    """The web server's span, in whose handler the session begins."""
    tracer, exporter = pipeline()
    start = tracer.start_as_current_span
    with start("GET", attributes={"a": 1}), start("handler"), session("Trip"):
        tracer.start_span("chat", attributes=LLM).end()
        assert provider.force_flush()
    assert provider.force_flush()
    assert tree(exporter) == {"chat": None}


def test_a_parent_in_another_process_stays(pipeline: Pipeline, provider: TracerProvider) -> None:
    """Nobody here knows what becomes of it."""
    tracer, exporter = pipeline()
    caller = SpanContext(7, 8, True, TraceFlags(1), TraceState([("a", "b")]))
    with tracer.start_as_current_span(
        "GET", trace.set_span_in_context(NonRecordingSpan(caller), Context())
    ):
        tracer.start_span("chat", attributes=LLM).end()
    assert provider.force_flush()
    (chat,) = exporter.spans
    assert (chat.parent, chat.context.trace_id) == (caller, 7)


def test_a_promise_is_kept(pipeline: Pipeline, provider: TracerProvider) -> None:
    """A child was hung under it, so it passes, whatever it says at its end."""
    tracer, exporter = pipeline(only=lambda span: span.attributes.get("keep"))
    with session("Trip"), tracer.start_as_current_span("parent", attributes={"keep": True}) as span:
        tracer.start_span("child", attributes={"keep": True}).end()
        assert provider.force_flush()
        span.set_attribute("keep", False)
    assert provider.force_flush()
    assert tree(exporter) == {"child": "parent", "parent": None}


def test_all_else_stays(provider: TracerProvider) -> None:
    """A span that moves keeps its ids, links, attributes, times and what limits dropped."""
    kept, moved = KeepingExporter(), KeepingExporter()
    provider.add_span_processor(SessionSpanProcessor())
    for exporter in (kept, FilteringSpanExporter(moved, only="requests")):
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("tests", "1", "https://example.com/schema")
    links = [Link(SpanContext(1, 2, False), {"a": 1})]
    start = tracer.start_as_current_span
    with session("Trip"), start("step"), start("chat", attributes=LLM, links=links) as chat:
        chat.add_event("said", {"b": 2})
        for number in range(200):
            chat.set_attribute(f"a{number}", number)
        chat.set_attributes(LLM)
    (after,) = moved.spans
    before = kept.spans[0]
    assert before.parent is not None
    assert after.parent is None
    for name in ("name", "context", "kind", "links", "events", "attributes", "status", "resource"):
        assert getattr(after, name) == getattr(before, name), name
    for name in ("start_time", "end_time", "instrumentation_scope", "dropped_attributes"):
        assert getattr(after, name) == getattr(before, name), name


def test_a_span_that_need_not_move_is_not_copied() -> None:
    """Filtering costs little where little is dropped."""
    exporter = KeepingExporter()
    filtering = FilteringSpanExporter(exporter, only=lambda span: True)
    root = ReadableSpan("root", context=SpanContext(1, 2, False))
    child = ReadableSpan("child", context=SpanContext(1, 3, False), parent=root.context)
    filtering.export([child, root])
    assert [one is two for one, two in zip(exporter.spans, (child, root), strict=True)] == [
        True
    ] * 2


def test_a_ring_of_parents_ends() -> None:
    """Broken ids do not hang the program."""
    exporter = KeepingExporter()
    one, two, three = (SpanContext(1, number, False) for number in (1, 2, 3))
    ring = [ReadableSpan("a", one, two), ReadableSpan("a", two, one), ReadableSpan("b", three, one)]
    FilteringSpanExporter(exporter, only=lambda span: span.name == "b").export(ring)
    assert tree(exporter) == {"b": None}


def test_a_function_that_fails_lets_pass(caplog: pytest.LogCaptureFixture) -> None:
    """And is told of once."""
    exporter = KeepingExporter()
    filtering = FilteringSpanExporter(exporter, only=lambda span: span.missing)  # type: ignore[attr-defined]
    for number in (1, 2):
        filtering.export([ReadableSpan("a", SpanContext(1, number, False))])
    assert (len(exporter.spans), len(caplog.messages)) == (2, 1)


def test_what_the_destination_says_is_passed_on() -> None:
    """Its failures, its flush, its end; and it is not called for nothing."""
    refusing = RefusingExporter()
    filtering = FilteringSpanExporter(refusing, only="requests")
    step = ReadableSpan("step", SpanContext(1, 1, False))
    chat = ReadableSpan("chat", SpanContext(1, 2, False), attributes=LLM)
    assert filtering.export([step]) is SpanExportResult.SUCCESS
    assert filtering.export([step, chat]) is SpanExportResult.FAILURE
    assert filtering.deliver([step, chat]) == Outcome(undelivered=[chat])
    assert refusing.batches == [["chat"], ["chat"]]
    assert filtering.force_flush()
    filtering.shutdown()
    assert refusing.was_shut_down


def test_a_destination_that_raises_fails() -> None:
    """Once logged, and told as a failure."""
    filtering = FilteringSpanExporter(RaisingExporter(), only="requests")
    chat = ReadableSpan("chat", SpanContext(1, 2, False), attributes=LLM)
    assert filtering.export([chat]) is SpanExportResult.FAILURE
    filtering.shutdown()


def test_whole_sessions_of_requests(provider: TracerProvider) -> None:
    """Decided with all spans, delivered with few."""
    exporter = KeepingExporter()
    filtered = FilteringSpanExporter(exporter, only="requests")
    ours(provider, WholeSessionExporter(filtered, keep=Keep(slower_than_seconds=0)))
    tracer = provider.get_tracer("tests")
    start = tracer.start_as_current_span
    with session("Trip"), start("step"), start("tool", attributes=TOOL):
        tracer.start_span("chat", attributes=LLM).end()
    assert provider.force_flush()
    assert tree(exporter) == {"chat": "tool", "tool": None}


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 25), st.randoms(use_true_random=False), st.floats(0, 1))
def test_no_tree_falls_apart(size: int, dice: random.Random, part: float) -> None:
    """Any tree, ended and flushed in any order: each parent is there, and is the nearest."""
    provider, exporter = TracerProvider(shutdown_on_exit=False), KeepingExporter()
    provider.add_span_processor(SessionSpanProcessor())
    filtering = FilteringSpanExporter(exporter, only=lambda span: span.attributes["keep"])
    provider.add_span_processor(BatchSpanProcessor(filtering))
    tracer = provider.get_tracer("tests")
    above: dict[str, str | None] = {}
    kept: set[str] = set()
    spans: list[Any] = []
    with session("Trip"):
        for number in range(size):
            parent = dice.choice([None, *spans]) if spans else None
            context = Context() if parent is None else trace.set_span_in_context(parent)
            keep = dice.random() < part
            spans.append(tracer.start_span(str(number), context, attributes={"keep": keep}))
            above[str(number)] = None if parent is None else parent.name
            kept |= {str(number)} if keep else set()
    dice.shuffle(spans)
    for one in spans:
        one.end()
        if dice.random() < 0.3:
            provider.force_flush()
    provider.shutdown()
    expected = {}
    for name in kept:
        parent = above[name]
        while parent is not None and parent not in kept:
            parent = above[parent]
        expected[name] = parent
    assert tree(exporter) == expected


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"exporter": None}, TypeError),
        ({"exporter": KeepingExporter}, TypeError),
        ({"only": "llm"}, ValueError),
        ({"only": None}, TypeError),
    ],
    ids=str,
)
def test_configuration_is_checked(arguments: dict[str, Any], error: type[Exception]) -> None:
    """At the line that made the mistake."""
    with pytest.raises(error):
        FilteringSpanExporter(**{"exporter": KeepingExporter(), "only": "requests", **arguments})
