"""OpenLLMetry and Traceloop: entities, and calls of models as they were written before."""

from __future__ import annotations

from typing import Any

import pytest

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Conversation, Operation, ToolCall, Usage
from tests import recordings
from tests.conventions.made import read, text


def outline(row: str, scene: str) -> list[tuple[Any, ...]]:
    """Return kind, convention, segment and path of each recorded span, without the step."""
    return [
        (
            found.kind,
            found.convention,
            found.segment,
            (span.attributes or {})["helicone.session.path"],
        )
        for span in recordings.scenes(row)[scene]
        if span.name != scene
        for found in [reader.read(span)]
    ]


def test_a_workflow_s_tasks_are_the_path() -> None:
    """And the call of a model within hangs in the folder of the task that made it."""
    assert outline("traceloop_sdk", "chat") == [
        ("structure", "traceloop", "trip_planner", "/chat/trip_planner"),
        ("structure", "traceloop", "look_up", "/chat/trip_planner/look_up"),
        ("structure", "traceloop", "summarize", "/chat/trip_planner/summarize"),
        ("llm", "genai", "", "/chat/trip_planner/summarize"),
    ]


def test_tools_have_arguments_and_results() -> None:
    """As they were given: by position, by name, both; JSON in JSON is opened."""
    weather = {"city": "Lisbon", "degrees": 18, "unit": "C"}
    found = [reader.read(span).tool for span in recordings.scenes("traceloop_sdk")["call"]]
    assert [tool for tool in found if tool is not None] == [
        ToolCall("check_weather", None, ["Lisbon"], weather),
        ToolCall("check_weather", None, {"city": "Kyoto"}, {**weather, "city": "Kyoto"}),
        ToolCall(
            "check_weather",
            None,
            {"args": ["Kyoto"], "kwargs": {"unit": "F"}},
            {**weather, "city": "Kyoto", "unit": "F"},
        ),
        ToolCall(
            "read_file",
            None,
            {"path": "notes.txt"},
            {"path": "notes.txt", "text": "Tea house, 3 pm"},
        ),
    ]


def test_a_tool_that_failed_says_why() -> None:
    """By its exception event; it has arguments, and no result."""
    (found,) = [
        reader.read(span)
        for span in recordings.scenes("traceloop_sdk")["failure"]
        if span.name == "book_hotel.tool"
    ]
    assert found.failure is not None
    assert (found.failure.type, found.failure.message) == ("LookupError", "no room in Machiya Sen")
    assert found.tool == ToolCall("book_hotel", None, ["Machiya Sen"])


def test_a_chat_of_an_older_openllmetry() -> None:
    """Flattened messages, no operation's name: every field of it."""
    first, second = [
        reader.read(span)
        for span in recordings.scenes("openai1_openllmetry_old")["tool"]
        if span.name == "openai.chat"
    ]
    (message,) = first.conversation.output
    identifier = message["parts"][0]["id"]
    call = {
        "type": "tool_call",
        "id": identifier,
        "name": "check_weather",
        "arguments": {"city": "Lisbon"},
    }
    assert first == Operation(
        kind="llm",
        convention="traceloop",
        name="chat",
        provider="openai",
        request_model="gpt-5.4-mini",
        response_model="gpt-5.4-mini-2026-03-17",
        response_id=first.response_id,
        finish_reasons=("tool_calls",),
        streaming=False,
        usage=Usage(input_tokens=67, output_tokens=9, cache_read_tokens=0),
        conversation=Conversation(
            input=(text("user", "What is the weather in Lisbon?"),),
            output=({"role": "assistant", "parts": [call], "finish_reason": "tool_calls"},),
            tools=first.conversation.tools,
        ),
        parameters={},
    )
    assert first.conversation.tools[0]["parameters"]["required"] == ["city"]
    answer = {"type": "tool_call_response", "id": identifier, "response": "18 °C"}
    assert second.conversation.input[1:] == (
        {"role": "assistant", "parts": [call]},
        {"role": "tool", "parts": [answer]},
    )


@pytest.mark.parametrize("row", ["openai1_openllmetry_old", "openai3_openllmetry"])
def test_the_first_chunk_s_event_is_the_first_token(row: str) -> None:
    """Older ones name it ``llm.``, newer ones ``gen_ai.``."""
    for span in recordings.scenes(row)["stream"]:
        if span.name == "openai.chat":
            first = span.events[0].timestamp - (span.start_time or 0)
            assert reader.read(span).time_to_first_token_ms == first / 1e6


@pytest.mark.parametrize(
    ("request_type", "name"),
    [
        ("chat", "chat"),
        ("completion", "text_completion"),
        ("embedding", "embeddings"),
        ("rerank", "rerank"),
    ],
)
def test_kinds_of_requests(request_type: str, name: str) -> None:
    """``llm.request.type`` in the GenAI conventions' words."""
    found = read({"llm.request.type": request_type, "gen_ai.system": "Anthropic"})
    assert (found.kind, found.name, found.provider) == ("llm", name, "anthropic")


def test_the_oldest_names() -> None:
    """Of before 2024-10, when nothing was called ``gen_ai`` yet."""
    found = read(
        {
            "llm.request.type": "chat",
            "llm.vendor": "OpenAI",
            "llm.request.model": "m",
            "llm.response.model": "m-1",
            "llm.usage.prompt_tokens": 3,
            "llm.usage.completion_tokens": 4,
            "llm.prompts.0.role": "user",
            "llm.prompts.0.content": "Hi",
            "llm.completions.0.content": "Hello",
            "llm.completions.0.finish_reason": "stop",
        }
    )
    assert (found.provider, found.request_model, found.response_model) == ("openai", "m", "m-1")
    assert found.usage == Usage(3, 4)
    assert found.conversation == Conversation(
        (text("user", "Hi"),), (text("assistant", "Hello", finish_reason="stop"),)
    )


@pytest.mark.parametrize(
    "attributes",
    [
        {"traceloop.span.kind": "unknown", "traceloop.entity.name": "x"},
        {"traceloop.workflow.name": "trip", "traceloop.association.properties.user_id": "u"},
        {"llm.request.type": "unknown"},
    ],
)
def test_what_only_carries_keys_is_nothing(attributes: dict[str, str]) -> None:
    """Every span below a workflow carries its name; HTTP spans do, too."""
    assert reader.kind(attributes) is None
    assert read(attributes) == Operation()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('{"args": [], "kwargs": {}}', {}),
        ('{"tool_name": "t", "arguments": {"a": 1}}', {"a": 1}),
        ('{"input_str": "{\\"a\\": 1}", "tags": []}', {"a": 1}),
        ('{"input_str": "x", "inputs": {"a": 1}}', {"a": 1}),
        ('{"inputs": [1], "b": 2}', {"inputs": [1], "b": 2}),
        ('{"args": ["cut', '{"args": ["cut'),
        ("plain", "plain"),
    ],
)
def test_inputs_are_unwrapped(given: str, expected: Any) -> None:
    """Each framework wraps arguments in its own way; what is nobody's stays."""
    found = read({"traceloop.span.kind": "tool", "traceloop.entity.input": given}, name="t.tool")
    assert found.tool == ToolCall("t", arguments=expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('{"output": "[1]", "kwargs": {}}', [1]),
        ('{"result": "18"}', "18"),
        ('{"result": "18", "degrees": 18}', {"result": "18", "degrees": 18}),
        ('"{\\"a\\": 1}"', {"a": 1}),
    ],
)
def test_outputs_are_unwrapped(given: str, expected: Any) -> None:
    """As the inputs are."""
    found = read({"traceloop.span.kind": "tool", "traceloop.entity.output": given}, name="t.tool")
    assert found.tool == ToolCall("t", result=expected)


def test_a_name_with_a_run_s_id_in_it_does_not_multiply_paths() -> None:
    """Names are functions."""
    name = "task-7f3c2a1e-0b1c-4d2e-8f3a-9b8c7d6e5f4a"
    assert read({"traceloop.span.kind": "task", "traceloop.entity.name": name}).segment == "task"
