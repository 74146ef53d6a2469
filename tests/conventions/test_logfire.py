"""Logfire's OpenAI and Anthropic integrations, recorded in both formats, and older ones."""

from __future__ import annotations

import json

import pytest

from otel_helisession.conventions.operation import Conversation, Usage
from tests.conventions.made import read, text
from tests.conventions.recorded import operations, requests, words

ROWS = (
    *("openai3_logfire", "openai3_logfire_format1"),
    *("anthropic_logfire", "anthropic_logfire_format1"),
)
TRIP = "Tell the traveller about Lisbon."


@pytest.mark.parametrize("row", ROWS)
def test_a_stream_is_one_call(row: str) -> None:
    """The record that follows the request has the answer; the request is structure."""
    asked, answered = operations(row, "stream")
    assert (asked.kind, asked.convention, asked.segment) == ("structure", "doubles", "")
    assert (answered.kind, answered.streaming) == ("llm", True)
    assert words(answered.conversation.input) == [("user", TRIP)]
    ((role, said),) = words(answered.conversation.output)
    assert (role, said[:24]) == ("assistant", "Your trip to Lisbon is p")
    assert answered.usage.output_tokens == 56


@pytest.mark.parametrize("row", ["openai3_logfire", "openai3_logfire_format1"])
def test_a_stream_that_fails_is_a_call(row: str) -> None:
    """No other record follows."""
    (found,) = requests(row, "stream_fails")
    assert found.kind == "llm"
    assert found.failure is not None
    assert found.failure.type == "openai.RateLimitError"


@pytest.mark.parametrize("row", ROWS)
def test_a_tool_call_and_its_result(row: str) -> None:
    """Format 1 has them as the provider's API does, but wraps Anthropic's arguments."""
    first, second = requests(row, "tool")
    assert words(first.conversation.output) == [("assistant", {"city": "Lisbon"})]
    asked = [what for _, what in words(second.conversation.input)]
    assert asked == ["What is the weather in Lisbon?", {"city": "Lisbon"}, "18 °C"]
    assert [tool["name"] for tool in second.conversation.tools] == ["check_weather"]


def test_a_response_of_openai_s_tells_its_messages_as_events() -> None:
    """In format 1; the last of the assistant's is the answer."""
    (found,) = requests("openai3_logfire_format1", "responses_chat")
    asked = [("system", "You are brief."), ("user", "An itinerary for Kyoto?")]
    assert words(found.conversation.input) == asked
    assert words(found.conversation.output)[0][1].startswith("Three days in Kyoto")


def test_before_it_had_gen_ai_the_bodies_tell_all() -> None:
    """Model, parameters, usage; the provider is in the scope's name."""
    body = {
        "model": "gpt-4o",
        "temperature": 0.2,
        "messages": [{"role": "user", "content": "An itinerary for Kyoto?"}],
    }
    answer = {"message": {"role": "assistant", "content": "Three days."}, "usage": None}
    answer["usage"] = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    found = read(
        {
            "request_data": json.dumps(body),
            "response_data": json.dumps(answer),
            "logfire.tags": ("LLM",),
            "logfire.span_type": "span",
        }
    )
    assert (found.kind, found.convention, found.name) == ("llm", "logfire", "chat")
    assert (found.request_model, found.parameters) == ("gpt-4o", {"temperature": 0.2})
    assert found.usage == Usage(7, 3)
    assert found.conversation == Conversation(
        input=(text("user", "An itinerary for Kyoto?"),),
        output=(text("assistant", "Three days."),),
    )


def test_other_spans_with_a_request_are_no_calls() -> None:
    """Programs name attributes as they like."""
    assert read({"request_data": "{}"}).kind == "structure"
