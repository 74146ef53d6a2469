"""Messages in every shape in which libraries write them, as the GenAI conventions have them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from otel_helisession.conventions.conversation.messages import (
    instructions,
    message,
    messages,
    tools,
)
from tests.conventions.made import text

CALL = {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}}
BLOCK = {"type": "tool_use", "id": "c1", "name": "f", "input": {"a": 1}}


@pytest.mark.parametrize(
    "said",
    [
        {"role": "assistant", "parts": [CALL]},
        {"role": "assistant", "parts": [{**CALL, "arguments": '{"a": 1}'}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": '{"a": 1}'}}],
        },
        {"role": "assistant", "tool_calls": [{"id": "c1", "name": "f", "arguments": '{"a": 1}'}]},
        {"role": "assistant", "tool_calls": [{"id": "c1", "name": "f", "args": {"a": 1}}]},
        {"role": "assistant", "content": [BLOCK]},
        {"role": "assistant", "content": json.dumps([BLOCK])},
        {"role": "model", "parts": [{"functionCall": {"id": "c1", "name": "f", "args": {"a": 1}}}]},
        {"type": "function_call", "call_id": "c1", "name": "f", "arguments": '{"a": 1}'},
        {"message": {"role": "assistant", "content": [BLOCK]}, "index": 0},
    ],
)
def test_a_tool_call_of_each_format(said: dict[str, Any]) -> None:
    """GenAI's own, OpenAI's, OpenLLMetry's flattened, Anthropic's, Gemini's, and a choice."""
    assert message(said, "assistant") == {"role": "assistant", "parts": [CALL]}


@pytest.mark.parametrize(
    "said",
    [
        {"role": "tool", "tool_call_id": "c1", "content": "18"},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "result": "18"}]},
        {"role": "tool", "parts": [{"function_response": {"name": "c1", "response": "18"}}]},
    ],
)
def test_a_tool_s_answer_of_each_format(said: dict[str, Any]) -> None:
    """One part, whatever it was called."""
    part = {"type": "tool_call_response", "id": "c1", "response": "18"}
    assert message(said, "user") == {"role": "tool", "parts": [part]}


@pytest.mark.parametrize(
    "said",
    [
        "Grüße",
        {"content": "Grüße"},
        {"role": "human", "content": [{"type": "text", "text": "Grüße"}]},
        {"role": "user", "content": {"type": "text", "text": "Grüße"}},
        {"role": "user", "content": '[{"type": "text", "text": "Grüße"}]'},
        {"parts": "Grüße"},
        {"parts": ["Grüße"]},
        {"parts": [{"text": "Grüße"}]},
    ],
)
def test_a_text_of_each_format(said: Any) -> None:
    """Who speaks is the side's role where the message does not say."""
    assert message(said, "user") == text("user", "Grüße")


def test_text_that_looks_like_json_stays_text() -> None:
    """Only typed blocks are content that was written as JSON."""
    assert message({"content": "[INST] hi"}, "user") == text("user", "[INST] hi")
    assert message({"content": '[{"a": 1}]'}, "user") == text("user", '[{"a": 1}]')


def test_other_parts_of_gemini() -> None:
    """Thoughts and inline data."""
    said = {
        "role": "user",
        "parts": [
            {"text": "hm", "thought": True},
            {"inlineData": {"mimeType": "image/png", "data": "iVBORw=="}},
            {"executableCode": {"code": "1"}},
        ],
    }
    blob = {"type": "blob", "mime_type": "image/png", "modality": "image", "content": "iVBORw=="}
    assert message(said, "user")["parts"] == [
        {"type": "reasoning", "content": "hm"},
        blob,
        {"type": "data", "content": {"executableCode": {"code": "1"}}},
    ]


def test_what_is_in_nobody_s_shape_is_kept() -> None:
    """As data: it can be seen, and nothing is made of it."""
    for said in (17, None, [1], {"foo": "bar"}):
        assert message(said, "user") == {
            "role": "user",
            "parts": [{"type": "data", "content": said}],
        }


def test_lists_objects_and_text_of_messages() -> None:
    """What holds messages may be any of them, or empty."""
    assert messages(["a", {"content": "b"}], "user") == [text("user", "a"), text("user", "b")]
    assert messages({"messages": [{"content": "a"}]}, "user") == [text("user", "a")]
    assert messages("a", "assistant") == [text("assistant", "a")]
    assert messages(None, "user") == messages("", "user") == messages([], "user") == []


def test_instructions_are_parts() -> None:
    """Of parts, of a text, and of whole messages."""
    part = {"type": "text", "content": "Be brief."}
    for said in ("Be brief.", [part], [text("system", "Be brief.")], [{"text": "Be brief."}]):
        assert instructions(said) == [part]
    assert instructions(None) == []


def test_tools_have_one_shape() -> None:
    """OpenAI's, Anthropic's, and with parameters as JSON text; built-in ones stay."""
    schema = {"type": "object"}
    made = {"type": "function", "name": "f", "description": None, "parameters": schema}
    assert tools(
        [
            {"type": "function", "function": {"name": "f", "parameters": schema}},
            {"name": "f", "input_schema": schema},
            {"name": "f", "parameters": '{"type": "object"}'},
        ]
    ) == [made, made, made]
    assert tools([{"type": "web_search"}, 7, None]) == [{"type": "web_search"}]
