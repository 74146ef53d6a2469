"""What frameworks write, of the wrong type, cut, or huge: never an exception, nothing made up."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otel_helisession.conventions import reader
from otel_helisession.conventions.attributes.literal import literal
from otel_helisession.conventions.conversation import pieces
from otel_helisession.conventions.dialects.event_list import conversation
from otel_helisession.conventions.operation import Conversation
from tests.conventions.made import text
from tests.conventions.test_genai_hostile import VALUES, bare

KEYS = (
    *("logfire.span_type", "logfire.tags", "logfire.level_num", "request_data", "response_data"),
    *("events", "operation.cost", "model_request_parameters", "all_messages_events", "agent_name"),
    *("pydantic_ai.all_messages", "tool_arguments", "tool_response", "inputs", "inputs_count"),
    *("ai.operationId", "ai.prompt", "ai.prompt.messages", "ai.prompt.tools", "ai.values"),
    *("ai.response.toolCalls", "ai.response.text", "ai.usage.inputTokens", "ai.settings.topP"),
    *("ai.response.msToFirstChunk", "ai.telemetry.functionId", "ai.toolCall.args"),
    *("gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response"),
    *("gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.invocation_id", "lmnr.span.type"),
    *("lmnr.span.input", "lmnr.span.output", "lk.function_tool.name", "lk.chat_ctx"),
    *("lk.response.ttft", "span.type", "tool_name", "ttft_ms", "input_tokens", "db.filter"),
    *("gen_ai.operation.name", "gen_ai.tool.name", "gen_ai.output.messages", "db.query.text"),
)
CALLS: tuple[dict[str, Any], ...] = (
    {},
    {"request_data": "{}", "logfire.tags": ("LLM",), "logfire.span_type": "span"},
    {"model_request_parameters": "{}", "inputs_count": 1},
    {"ai.operationId": "ai.generateText.doGenerate"},
    {"gcp.vertex.agent.llm_request": "{}"},
    {"lmnr.span.type": "LLM"},
    {"gen_ai.operation.name": "vectordb", "db.operation.name": "query"},
    {"span.type": "claude_code.tool"},
)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_any_value_anywhere_is_read(value: Any) -> None:
    """Alone, and beside what makes a call of the span."""
    for key in KEYS:
        for others in CALLS:
            found = reader.read(bare({**others, key: value}))
            assert json.dumps(found.conversation.input, default=str) is not None
            reader.segment(bare({**others, key: value}))


def test_every_key_with_every_other_value() -> None:
    """All keys at once, each with another value."""
    for shift in range(len(VALUES)):
        spread = {key: VALUES[(place + shift) % len(VALUES)] for place, key in enumerate(KEYS)}
        reader.read(bare(spread))


WORDS = ("role", "content", "type", "message", "text", "args", "input", "parts", "tool", "user")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS),
    lambda below: st.lists(below) | st.dictionaries(st.sampled_from(WORDS), below),
    max_leaves=15,
)
PLACES = (
    ({"logfire.tags": ("LLM",)}, ("request_data", "response_data", "events")),
    ({"model_request_parameters": "{}"}, ("events", "model_request_parameters")),
    ({"agent_name": "a"}, ("pydantic_ai.all_messages", "all_messages_events")),
    (CALLS[3], ("ai.prompt.messages", "ai.prompt", "ai.response.toolCalls")),
    (CALLS[4], ("gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response")),
    (CALLS[5], ("lmnr.span.input", "lmnr.span.output")),
)


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_any_json_is_read(value: Any) -> None:
    """In every place that holds JSON."""
    said = json.dumps(value)
    for others, keys in PLACES:
        reader.read(bare({**others, **dict.fromkeys(keys, said)}))


@pytest.mark.parametrize("key", ["events", "ai.prompt.messages", "gen_ai.output.messages"])
def test_reading_is_linear(key: str) -> None:
    """Four times the messages take less than twelve times the time."""
    event = {"event.name": "gen_ai.user.message", "role": "assistant", "finish_reason": ""}
    event |= {"content": "word " * 50, "parts": [{"type": "text", "content": "word"}]}

    def took(count: int) -> float:
        said = {**CALLS[1], **CALLS[3], "gen_ai.operation.name": "chat"}
        span = bare({**said, key: json.dumps([event] * count)})
        began = time.thread_time()
        reader.read(span)
        return time.thread_time() - began

    took(100)
    assert min(took(4_000) for _ in range(3)) < 12 * min(took(1_000) for _ in range(3)) + 0.01


def test_events_that_are_none_are_passed_over() -> None:
    """Also such without a name, or without anything said."""
    assert conversation([{"event.name": 3}, {"content": "x"}, 5, None]) == Conversation()
    assert conversation("x") == Conversation()


def test_an_answer_is_the_assistant_s_last_word() -> None:
    """Where no event is a choice."""
    said = [
        {"event.name": "gen_ai.user.message", "content": "Hello?"},
        {"event.name": "gen_ai.assistant.message", "content": "Hello."},
    ]
    assert conversation(said) == Conversation(
        input=(text("user", "Hello?"),), output=(text("assistant", "Hello."),)
    )


def test_pieces_of_a_stream_are_joined() -> None:
    """Texts side by side; what is no text stays a part of its own."""
    call = {"type": "tool_call", "name": "look_up"}
    told: list[dict[str, Any]] = [
        text("assistant", "Hel", finish_reason=""),
        text("assistant", "lo.", finish_reason=""),
        {"role": "assistant", "parts": [call], "finish_reason": ""},
        text("assistant", "Bye.", finish_reason="stop"),
        text("assistant", "Another."),
    ]
    assert pieces.joined(told) == [
        {
            "role": "assistant",
            "parts": [
                {"type": "text", "content": "Hello."},
                call,
                {"type": "text", "content": "Bye."},
            ],
            "finish_reason": "stop",
        },
        text("assistant", "Another."),
    ]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("{'city': 'Kyoto'}", {"city": "Kyoto"}),
        ('{"city": "Kyoto"}', {"city": "Kyoto"}),
        ("{'city': Kyoto}", "{'city': Kyoto}"),
        ("[" * 10_000, "[" * 10_000),
        (None, None),
    ],
)
def test_literals(value: Any, found: Any) -> None:
    """JSON, Python's own, or the text as it is."""
    assert literal(value) == found
