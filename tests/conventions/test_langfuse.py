"""Langfuse: recorded from its wrapper and its LangChain handler, and what those do not write."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from otel_helisession.conventions import reader
from otel_helisession.conventions.dialects import langfuse
from otel_helisession.conventions.operation import (
    Conversation,
    Operation,
    ToolCall,
    Usage,
    VectorQuery,
)
from tests import recordings
from tests.conventions.made import read, text

OBSERVATION = "langfuse.observation."
GENERATION = {OBSERVATION + "type": "generation"}


def requests(row: str, scene: str) -> list[Operation]:
    """Return what the requests of a recorded scene say."""
    found = [reader.read(span) for span in recordings.scenes(row)[scene]]
    return [operation for operation in found if operation.kind != "structure"]


def usage(**said: Any) -> Usage:
    """Return the usage of a generation that says so."""
    return read({**GENERATION, OBSERVATION + "usage_details": json.dumps(said)}).usage


def test_a_chat_in_its_wrapper() -> None:
    """Every field; parameters that were not given are Langfuse's guesses, but for Infinity."""
    (found,) = requests("langfuse_openai", "chat")
    itinerary = found.conversation.output[0]["parts"][0]["content"]
    assert itinerary.startswith("Three days in Kyoto")
    assert found == Operation(
        kind="llm",
        convention="langfuse",
        name="chat",
        request_model="gpt-5.4-mini-2026-03-17",
        usage=Usage(29, 37, 0, None, 0, None, 0, 0),
        conversation=Conversation(
            input=[text("system", "You are brief."), text("user", "An itinerary for Kyoto?")],
            output=[text("assistant", itinerary)],
            tools=[],
        ),
        parameters={
            "temperature": 0.2,
            "top_p": 1,
            "frequency_penalty": 0,
            "presence_penalty": 0,
            "service_tier": "default",
        },
    )


def test_an_agent_and_its_tool() -> None:
    """Decorated functions by name; arguments without the decorator's shape."""
    asking, tool, _ = requests("langfuse_openai", "tool")
    assert [one["name"] for one in asking.conversation.tools] == ["check_weather"]
    result = {"city": "Lisbon", "degrees": 18}
    assert tool.tool == ToolCall("check_weather", None, {"city": "Lisbon"}, result)
    spans = recordings.scenes("langfuse_openai")["tool"]
    assert [(span.attributes or {})["helicone.session.path"] for span in spans] == [
        "/tool",
        "/tool/travel_agent",
        "/tool/travel_agent",
        "/tool/travel_agent/check_weather",
        "/tool/travel_agent",
    ]


def test_langchain_s_tools_are_no_message() -> None:
    """Langfuse's handler appends them to the messages."""
    asking, tool, answering = requests("langchain_langfuse", "tool")
    assert [one["role"] for one in asking.conversation.input] == ["system", "user"]
    assert [one["name"] for one in asking.conversation.tools] == ["check_weather"]
    (call,) = asking.conversation.output[0]["parts"]
    assert tool.tool is not None
    assert (tool.tool.name, tool.tool.call_id) == ("check_weather", call["id"])
    assert answering.conversation.input[-1]["role"] == "tool"


def test_a_stream() -> None:
    """The time of the first token has quotes of its own."""
    (found,) = requests("langfuse_openai", "stream")
    assert (found.streaming, found.time_to_first_token_ms) == (True, 1.0)
    assert (found.finish_reasons, found.usage.output_tokens) == (("stop",), 56)


def test_a_retriever() -> None:
    """What a decorated function was asked and returned."""
    (found,) = requests("langfuse_openai", "search")
    assert found.vector == VectorQuery(
        "search",
        query="a quiet hotel",
        matches=[{"id": "a", "score": 0.5, "content": "Hotel Alfama"}],
    )
    assert found.segment == "search_hotels"
    (found,) = requests("langchain_langfuse", "search")
    assert found.vector == VectorQuery(
        "search",
        database="InMemoryVectorStore",
        query="a quiet hotel",
        matches=[{"id": "a", "content": "Hotel Alfama"}],
    )


def test_a_generation_by_hand() -> None:
    """Its cost is a sum, and its input was counted without what was cached."""
    (found,) = requests("langfuse_openai", "by_hand_chat")
    assert found.usage == Usage(16, 37, 2, cost_usd=0.003)


def test_embeddings_have_no_answer() -> None:
    """Only what was embedded, and what it used."""
    (found,) = requests("langfuse_openai", "embed")
    assert found.conversation.input == [text("user", "a quiet hotel")]
    assert (found.name, found.conversation.output, found.usage) == ("embeddings", [], Usage(4))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"input": 5, "output": 3, "total": 8}, Usage(5, 3)),
        ({"input": 5, "input_cached_tokens": 4, "output": 3, "total": 12}, Usage(9, 3, 4)),
        (
            {"input": 5, "input_cache_read": 4, "output": 3, "output_reasoning": 2},
            Usage(9, 5, 4, None, 2),
        ),
        ({"input": 9, "input_cached_tokens": 4, "output": 3, "total": 12}, Usage(9, 3, 4)),
        (
            {
                "input": 5,
                "cache_read_input_tokens": 4,
                "cache_creation_input_tokens": 2,
                "output": 3,
            },
            Usage(11, 3, 4, 2),
        ),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}}, Usage(9, None, 4)),
        (
            {"promptTokenCount": 9, "candidatesTokenCount": 3, "thoughtsTokenCount": 2},
            Usage(9, 5, None, None, 2),
        ),
        ({"inputTokens": 5, "outputTokens": 3, "cacheReadInputTokens": 4}, Usage(9, 3, 4)),
        ({"input": -1, "output": "three", "total": None}, Usage()),
        ({}, Usage()),
    ],
)
def test_usage_under_every_vendor_s_names(said: dict[str, Any], expected: Usage) -> None:
    """Cached and reasoning tokens are within input and output, whoever counted them apart."""
    assert usage(**said) == expected


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *(("generation", "llm"), ("embedding", "llm"), ("tool", "tool"), ("span", "structure")),
        *(("retriever", "vector_db"), ("agent", "structure"), ("chain", "structure")),
        *(("evaluator", "structure"), ("guardrail", "structure"), ("event", "structure")),
        *(("GENERATION", "llm"), ("new", None), (7, None)),
    ],
)
def test_kinds(word: Any, kind: str | None) -> None:
    """Every type of observation."""
    assert langfuse.kind({OBSERVATION + "type": word}) == kind


def test_a_span_that_only_carries_langfuse_s_keys() -> None:
    """Metadata that its processor puts on every span says nothing."""
    assert read({"langfuse.trace.metadata.tier": '"gold"'}).convention == "none"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('"2026-01-01T00:00:00.500000Z"', 500.0),
        ("2026-01-01T00:00:00.500000+00:00", 500.0),
        ("2026-01-01T00:00:00.500000", 500.0),
        ("2025-12-31T00:00:00Z", None),
        ("2026-99-01", None),
        ('"', None),
        (12, None),
    ],
)
def test_times_of_the_first_token(said: Any, expected: float | None) -> None:
    """In quotes or not, with a zone or not; before the span's start it is nothing."""
    found = read({**GENERATION, OBSERVATION + "completion_start_time": said})
    assert found.time_to_first_token_ms == expected


@pytest.mark.parametrize("name", ["input", "output", "usage_details", "cost_details"])
@pytest.mark.parametrize(
    "value",
    ['{"messages": [', "[" * 5_000, "", "null", b"\xff", 7, math.nan, ("a", "b"), '["a", null, 7]'],
)
def test_garbage_is_read_as_far_as_it_goes(name: str, value: Any) -> None:
    """Never an exception, whatever type it claims to be."""
    for word in langfuse._KINDS:
        found = read({OBSERVATION + "type": word, OBSERVATION + name: value})
        assert (found.convention, found.usage) == ("langfuse", Usage())
