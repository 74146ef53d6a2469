"""Laminar, recorded from its OpenAI instrumentation and its decorator."""

from __future__ import annotations

import json

from otel_helisession.conventions.operation import Conversation, Operation, ToolCall, Usage
from tests.conventions.made import read, text
from tests.conventions.recorded import WEATHER, operations, requests, words


def test_a_chat_of_openai_s_sdk() -> None:
    """Every field."""
    (found,) = requests("openai3_laminar", "chat")
    itinerary = found.conversation.output[0]["parts"][0]["content"]
    assert found == Operation(
        kind="llm",
        convention="laminar",
        name="chat",
        provider="openai",
        request_model="gpt-5.4-mini",
        response_model="gpt-5.4-mini-2026-03-17",
        response_id="chatcmpl-a9e1e0bae493748c75b87462726d3",
        finish_reasons=("stop",),
        service_tier="default",
        streaming=False,
        usage=Usage(29, 37, cache_read_tokens=0, reasoning_tokens=0),
        conversation=Conversation(
            input=(text("system", "You are brief."), text("user", "An itinerary for Kyoto?")),
            output=found.conversation.output,
        ),
        parameters={"temperature": 0.2},
    )
    assert itinerary.startswith("Three days in Kyoto")


def test_tool_calls_of_chats_and_responses() -> None:
    """Both are written as OpenAI's API has them."""
    for scene in ("tool", "responses_tool"):
        first, second = requests("openai3_laminar", scene)
        assert words(first.conversation.output) == [("assistant", {"city": "Lisbon"})]
        asked = [what for _, what in words(second.conversation.input)]
        assert asked == ["What is the weather in Lisbon?", {"city": "Lisbon"}, "18 °C"]


def test_functions_that_are_observed() -> None:
    """Work by its name, a tool with what went in and out."""
    found = operations("openai3_laminar", "observed_call")
    assert [(one.kind, one.segment) for one in found] == [
        ("structure", "trip"),
        ("structure", "research"),
        ("tool", "check_weather"),
    ]
    assert found[2].tool == ToolCall("check_weather", None, {"city": "Lisbon"}, WEATHER)


def test_a_function_that_is_observed_as_a_call() -> None:
    """Its input and output are the conversation."""
    asked = [{"role": "user", "content": "Hello?"}]
    found = read(
        {
            "lmnr.span.type": "LLM",
            "lmnr.span.input": json.dumps(asked),
            "lmnr.span.output": '"Hello."',
        }
    )
    assert found.conversation == Conversation(
        input=(text("user", "Hello?"),), output=(text("assistant", "Hello."),)
    )


def test_a_span_that_only_carries_its_session_is_left_to_others() -> None:
    """As every span below an observed function does."""
    assert read({"lmnr.association.properties.session_id": "s-1"}).convention == "none"
