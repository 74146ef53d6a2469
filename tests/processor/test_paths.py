"""The path of spans: best knowledge at start, final at export."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

from otel_helisession.exporters.session_span import SessionSpanExporter
from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions.scope import session
from tests.fakes import KeepingExporter

AGENT = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}
TOOL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search_hotels"}
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-5.4-mini"}


def run_agent(tracer: Tracer) -> None:
    """An agent whose kind is known at its start: chat, tool with HTTP below, embeddings."""
    with (
        session("Trip", id="t-1", path="/trip"),
        tracer.start_as_current_span("a", attributes=AGENT),
    ):
        with tracer.start_as_current_span("chat", attributes=CHAT):
            tracer.start_span("POST", attributes={"http.request.method": "POST"}).end()
        with tracer.start_as_current_span("tool", attributes=TOOL):
            tracer.start_span("SELECT", attributes={"db.system.name": "postgresql"}).end()


def run_late_agent(tracer: Tracer) -> None:
    """The same agent from a library that says what a span is when it ends."""
    with session("Trip", id="t-1", path="/trip"), tracer.start_as_current_span("a") as agent:
        with tracer.start_as_current_span("chat") as chat:
            tracer.start_span("POST", attributes={"http.request.method": "POST"}).end()
            chat.set_attributes(CHAT)
        with tracer.start_as_current_span("tool") as tool:
            tracer.start_span("SELECT", attributes={"db.system.name": "postgresql"}).end()
            tool.set_attributes(TOOL)
        agent.set_attributes(AGENT)


PATHS = {
    "a": "/trip/planner",
    "chat": "/trip/planner",
    "POST": "/trip/planner",
    "tool": "/trip/planner/search_hotels",
    "SELECT": "/trip/planner/search_hotels",
}


@pytest.mark.parametrize("run", [run_agent, run_late_agent])
def test_units_of_work_make_the_path_that_arrives(run: Any, provider: TracerProvider) -> None:
    """Agents and tools add a segment, calls of models, HTTP and databases none, early or late."""
    exporter = KeepingExporter()
    processor = SessionSpanProcessor(exporter)
    provider.add_span_processor(processor)
    run(provider.get_tracer("tests"))
    assert processor.force_flush()
    assert exporter.paths() == PATHS


@pytest.mark.parametrize("run", [run_agent, run_late_agent])
def test_a_users_own_batch_processor_gets_the_same_paths(
    run: Any, provider: TracerProvider
) -> None:
    """SessionSpanExporter around the user's exporter makes paths final there too."""
    exporter = KeepingExporter()
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(BatchSpanProcessor(SessionSpanExporter(exporter)))
    run(provider.get_tracer("tests"))
    assert provider.force_flush()
    assert exporter.paths() == PATHS
    assert exporter.attributes("chat")["helicone.request.type"] == "llm"


def test_a_users_batch_processor_before_ours_gets_them_too(provider: TracerProvider) -> None:
    """The order in which processors were added does not matter."""
    exporter = KeepingExporter()
    provider.add_span_processor(BatchSpanProcessor(SessionSpanExporter(exporter)))
    provider.add_span_processor(SessionSpanProcessor())
    run_late_agent(provider.get_tracer("tests"))
    assert provider.force_flush()
    assert exporter.paths() == PATHS


def test_an_unwrapped_exporter_gets_what_was_known_at_start(provider: TracerProvider) -> None:
    """With a stamp-only processor the path is as good as it was while the span lived."""
    exporter = KeepingExporter()
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(BatchSpanProcessor(exporter))
    run_agent(provider.get_tracer("tests"))
    assert provider.force_flush()
    assert exporter.paths() == PATHS


def test_the_request_type_is_on_requests_only(provider: TracerProvider) -> None:
    """llm and tool say so; structure and plumbing have no type."""
    exporter = KeepingExporter()
    processor = SessionSpanProcessor(exporter)
    provider.add_span_processor(processor)
    run_late_agent(provider.get_tracer("tests"))
    assert processor.force_flush()
    types = {
        span.name: (span.attributes or {}).get("helicone.request.type") for span in exporter.spans
    }
    assert types == {"a": None, "chat": "llm", "POST": None, "tool": "tool", "SELECT": None}


def test_what_limits_evict_is_written_again(provider: TracerProvider) -> None:
    """130 attributes push ours out of a span's 128; they are back when it leaves."""
    exporter = KeepingExporter()
    processor = SessionSpanProcessor(exporter)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("tests")
    with session("Trip", id="t-1", path="/trip", properties={"tier": "pro"}):
        span: Any = tracer.start_span("work")
    span.set_attributes({f"key{number}": number for number in range(130)})
    assert "helicone.session.id" not in span.attributes
    span.end()
    assert processor.force_flush()
    (exported,) = exporter.spans
    attributes = dict(exported.attributes or {})
    assert {key: value for key, value in attributes.items() if not key.startswith("key")} == {
        "helicone.session.id": "t-1",
        "helicone.session.path": "/trip",
        "helicone.session.name": "Trip",
        "session.id": "t-1",
        "gen_ai.conversation.id": "t-1",
        "helicone.property.tier": "pro",
    }
    assert exported.dropped_attributes == span.dropped_attributes == 8


def test_a_span_that_needs_no_change_leaves_as_it_is(provider: TracerProvider) -> None:
    """No copy is made of a span whose stamp was right from the start."""
    exporter, seen = KeepingExporter(), KeepingExporter()
    processor = SessionSpanProcessor(exporter)
    provider.add_span_processor(processor)
    provider.add_span_processor(BatchSpanProcessor(seen))
    with session("Trip"), provider.get_tracer("tests").start_as_current_span("work"):
        pass
    assert provider.force_flush()
    assert exporter.spans[0].to_json() == seen.spans[0].to_json()


def test_a_users_rule_replaces_ours(provider: TracerProvider) -> None:
    """segment= names the segments; None leaves it open, and the empty text adds none."""

    def rule(span: ReadableSpan) -> str | None:
        return (span.attributes or {}).get("app.unit")  # type: ignore[return-value]

    exporter = KeepingExporter()
    processor = SessionSpanProcessor(exporter, segment=rule)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("tests")
    with session("Trip"), tracer.start_as_current_span("a", attributes=AGENT) as agent:
        tracer.start_span("b", attributes={"app.unit": "b/b"}).end()
        agent.set_attribute("app.unit", "unit")
    assert processor.force_flush()
    assert exporter.paths() == {"a": "/unit", "b": "/unit/b_b"}


def _failing(span: ReadableSpan) -> str | None:
    raise ZeroDivisionError


@pytest.mark.parametrize("rule", [_failing, lambda span: 7], ids=["raises", "number"])
def test_a_rule_that_fails_costs_no_span(
    rule: Any, provider: TracerProvider, lenient: None, caplog: pytest.LogCaptureFixture
) -> None:
    """The user's own mistake is logged once; the span arrives, in its session's root."""
    exporter = KeepingExporter()
    processor = SessionSpanProcessor(exporter, segment=rule)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("tests")
    for _ in range(3):
        with session("Trip", id="t-1"), tracer.start_as_current_span("a", attributes=AGENT):
            tracer.start_span("b").end()
    assert processor.force_flush()
    assert len(exporter.spans) == 6
    assert exporter.paths() == {"a": "/", "b": "/"}
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("wrong", ["planner", 7])
def test_a_rule_is_a_function(wrong: Any) -> None:
    """Anything else raises at once."""
    with pytest.raises(TypeError, match="segment"):
        SessionSpanProcessor(segment=wrong)
