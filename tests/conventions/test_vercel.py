"""Vercel's AI SDK, recorded in versions 4 to 7, and what older ones wrote."""

from __future__ import annotations

import json

import pytest

from otel_helisession.conventions.operation import Conversation, Operation, ToolCall, Usage
from tests.conventions.made import read, text
from tests.conventions.recorded import FORECAST, WEATHER, operations, requests, tree, words

ROWS = ("vercel_ai4", "vercel_ai5", "vercel_ai6", "vercel_ai7")
CALL = {"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "openai.chat"}


@pytest.mark.parametrize("row", ROWS)
def test_a_call_is_counted_once(row: str) -> None:
    """The outer span is structure, and hangs by what the program calls the function."""
    found = tree(row, "chat")
    assert [one for one in found if one[0] != "structure"] == [("llm", "/plan trip")]
    assert found[0] == ("structure", "/plan trip")


@pytest.mark.parametrize("row", ROWS)
def test_a_tool_between_two_calls(row: str) -> None:
    """A call for each step; the tool hangs by its name."""
    found = {one for one in tree(row, "tool") if one[0] != "structure"}
    assert found == {("llm", "/plan trip"), ("tool", "/plan trip/check_weather")}
    (tool,) = (one.tool for one in requests(row, "tool") if one.tool)
    assert tool == ToolCall("check_weather", tool.call_id, {"city": "Lisbon"}, WEATHER)


@pytest.mark.parametrize("row", ROWS)
def test_messages_in_each_version(row: str) -> None:
    """Tool calls, results, and the answer."""
    first, second = (one for one in requests(row, "tool") if one.kind == "llm")
    assert words(first.conversation.output) == [("assistant", {"city": "Lisbon"})]
    asked = [what for _, what in words(second.conversation.input)]
    assert asked == ["What is the weather in Lisbon?", {"city": "Lisbon"}, WEATHER]
    assert words(second.conversation.output) == [("assistant", FORECAST)]
    (tool,) = second.conversation.tools
    assert tool["parameters"]["properties"] == {"city": {"type": "string"}}


@pytest.mark.parametrize("row", ROWS)
def test_a_stream_says_when_its_first_piece_came(row: str) -> None:
    """In milliseconds, in whatever unit it was written."""
    (found,) = requests(row, "stream")
    assert (found.streaming, found.time_to_first_token_ms) in ((True, 1.0), (True, 0.5))


def test_a_chat_of_version_6() -> None:
    """Every field."""
    (found,) = requests("vercel_ai6", "chat")
    itinerary = found.conversation.output[0]["parts"][0]["content"]
    assert found == Operation(
        kind="llm",
        convention="vercel",
        name="chat",
        provider="openai",
        request_model="gpt-5.4-mini",
        response_model="gpt-5.4-mini-2026-03-17",
        response_id="chatcmpl-2d595f2c5d93681c7e27c2f65238f",
        finish_reasons=("stop",),
        streaming=False,
        usage=Usage(29, 37, cache_read_tokens=0, reasoning_tokens=0),
        conversation=Conversation(
            input=(text("system", "You are brief."), text("user", "An itinerary for Kyoto?")),
            output=(text("assistant", itinerary, finish_reason="stop"),),
        ),
        parameters={"temperature": 0.2},
    )


@pytest.mark.parametrize("row", ROWS[:3])
def test_embeddings_in_each_version(row: str) -> None:
    """The inner span is the call; tokens have a name of their own."""
    outer, found = operations(row, "embed")
    assert (outer.kind, found.kind, found.name) == ("structure", "llm", "embeddings")
    assert found.usage == Usage(4)
    assert found.conversation.input == (text("user", "a quiet hotel"),)


def test_an_object_is_an_answer_and_results_had_another_name() -> None:
    """``ai.result.*`` was renamed in version 4."""
    found = read({**CALL, "ai.result.object": '{"city":"Lisbon"}', "ai.finishReason": "stop"})
    assert found.conversation.output == (
        text("assistant", '{"city":"Lisbon"}', finish_reason="stop"),
    )
    calls = [{"toolCallId": "1", "toolName": "check_weather", "args": '{"city":"Lisbon"}'}]
    found = read({**CALL, "ai.result.toolCalls": json.dumps(calls)})
    assert words(found.conversation.output) == [("assistant", {"city": "Lisbon"})]


@pytest.mark.parametrize(
    ("package", "owner"),
    [
        ("anthropic.messages", "anthropic"),
        ("google.generative-ai", "gcp.gemini"),
        ("google.vertex.chat", "gcp.vertex_ai"),
        ("amazon-bedrock", "aws.bedrock"),
    ],
)
def test_packages_are_not_providers(package: str, owner: str) -> None:
    """The conventions' word for who answered."""
    assert read({**CALL, "ai.model.provider": package}).provider == owner


def test_files_in_messages() -> None:
    """Bytes as base64, or a place to fetch them from."""
    blocks = [
        {"type": "file", "mediaType": "image/png", "data": "iVBORw0K"},
        {"type": "image", "image": "https://example.com/a.png"},
        {"type": "reasoning", "text": "Perhaps."},
    ]
    messages = [{"role": "user", "content": blocks}]
    (found,) = read({**CALL, "ai.prompt.messages": json.dumps(messages)}).conversation.input
    assert found["parts"] == [
        {"type": "blob", "mime_type": "image/png", "modality": "image", "content": "iVBORw0K"},
        {
            "type": "uri",
            "mime_type": None,
            "modality": "image",
            "uri": "https://example.com/a.png",
        },
        {"type": "reasoning", "content": "Perhaps."},
    ]
