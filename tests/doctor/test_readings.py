"""diagnose(): by which convention a span was understood, who else said what, and what nobody."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry import trace

from otel_helisession import diagnose, session
from tests.collecting import CollectedSpans

OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-4o-mini",
    "llm.provider": "openai",
    "llm.token_count.prompt": 3,
    "llm.token_count.completion": 4,
}


def made(*spans: dict[str, Any]) -> list[str]:
    """Return what is said of spans with these attributes."""
    diagnose()
    with session("Trip"):
        for attributes in spans:
            trace.get_tracer("agent").start_span("x", attributes=attributes).end()
    return [fact for fact in diagnose().facts if "of scope agent" in fact]


def test_who_said_what_and_what_could_not_be_read(
    spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A price is the tables'; a cut value stays on the span, and is named."""
    monkeypatch.setenv("HELISESSION_PRICES", "true")
    torn = {**OPENINFERENCE, "llm.invocation_parameters": '{"temperature": 0.'}
    assert made(torn, torn) == [
        "2 LLM spans of scope agent: openinference, usage.cost_usd by genai-prices; unread: "
        "llm.invocation_parameters."
    ]


def test_each_way_of_reading_is_a_line(spans: CollectedSpans) -> None:
    """The most frequent first; spans that nobody describes, and structure, have none."""
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}
    agent = {"gen_ai.operation.name": "invoke_agent"}
    odd = {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": "many"}
    assert made(OPENINFERENCE, tool, tool, agent, odd, {}) == [
        "2 tool spans of scope agent: genai.",
        "1 LLM span of scope agent: openinference.",
        "1 other span of scope agent: genai; unread: gen_ai.usage.input_tokens.",
    ]
