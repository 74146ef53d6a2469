"""GenAI attributes of the wrong type, cut, or huge: never an exception, nothing made up."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Conversation, Usage
from tests.conventions.made import read, text

KEYS = (
    *("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.system", "gen_ai.request.model"),
    *("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"),
    *("gen_ai.tool.definitions", "gen_ai.usage.input_tokens", "gen_ai.prompt", "gen_ai.completion"),
    *("gen_ai.prompt.0.content", "gen_ai.prompt.0", "gen_ai.completion.0.tool_calls.0.arguments"),
    *("gen_ai.response.finish_reasons", "gen_ai.response.time_to_first_chunk", "gen_ai.tool.name"),
    *("llm.request.type", "llm.request.functions.0.parameters", "traceloop.span.kind"),
    *("traceloop.entity.name", "traceloop.entity.input", "traceloop.entity.output"),
    *("mcp.method.name", "mcp.request.argument", "mcp.response.value", "db.system", "db.operation"),
    *("db.vector.query.top_k", "db.chroma.query.where", "pinecone.query.filter", "server.address"),
    *("gen_ai.retrieval.documents", "gen_ai.memory.records", "gen_ai.tool.call.arguments"),
)
VALUES: tuple[Any, ...] = (
    *("", "{", "[", '["', '[{"role": "user"', '"\\ud800"', "null", "nan", "-1", "[[[[", "chat"),
    *("tools/call", "tool", "pinecone", "execute_tool", "[{}]", "{}", '{"parts": 3}', "[null, 1]"),
    *(0, -5, 10**30, float("nan"), float("inf"), True, b"\xff\xfe", b""),
    *((), ("a", "b"), (1, 2), (True,), ({"role": 3, "parts": {"type": None}},), {"role": "user"}),
    *([{"content": [{"type": 5}]}], [{"role": "tool", "tool_calls": [None, {"function": 3}]}]),
    {"a": {"b": [{"c": b"x"}]}},
)


def bare(attributes: dict[str, Any]) -> ReadableSpan:
    """Return a span that has *attributes* whatever the SDK thinks of them."""
    return ReadableSpan("chat x", attributes=attributes)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_any_value_anywhere_is_read(value: Any) -> None:
    """Alone, and beside others that make a call of the span."""
    for key in KEYS:
        for others in ({}, {"gen_ai.operation.name": "chat"}, {"db.system": "Qdrant"}):
            attributes = {**others, key: value}
            found = reader.read(bare(attributes))
            assert json.dumps(found.conversation.input, default=str) is not None
            reader.segment(bare(attributes))
            reader.kind(attributes)


def test_every_key_with_every_other_value() -> None:
    """All keys at once, each with another value."""
    for shift in range(len(VALUES)):
        attributes = {key: VALUES[(place + shift) % len(VALUES)] for place, key in enumerate(KEYS)}
        reader.read(bare(attributes))


def test_no_attributes_and_no_times() -> None:
    """A span of which nothing is known is structure."""
    assert reader.read(ReadableSpan("x")).kind == "structure"
    found = reader.read(bare({"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1}))
    assert (found.kind, found.usage) == ("llm", Usage(input_tokens=1))


def test_cut_json_is_noted_and_left_alone() -> None:
    """It stays on the span; half a message is nobody's message."""
    found = read(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.input.messages": '[{"role": "user", "parts": [{"type": "te',
            "gen_ai.usage.input_tokens": -3,
        }
    )
    assert found.conversation == Conversation()
    assert found.unread == ("gen_ai.input.messages", "gen_ai.usage.input_tokens")


def test_200_events_are_read_once() -> None:
    """Those that are there, in their order; the others are dropped by the SDK."""
    events = [("gen_ai.user.message", {"content": str(n)}, n / 100) for n in range(200)]
    found = read({"gen_ai.operation.name": "chat"}, events=events).conversation.input
    assert list(found) == [text("user", str(n)) for n in range(72, 200)]


def test_five_megabytes_of_messages() -> None:
    """Linear in their size: 5 MB take no longer than a second."""
    conversation = [text("user", "ü" * 5_000) for _ in range(1_000)]
    said = json.dumps(conversation, ensure_ascii=False)
    began = time.process_time()
    found = read({"gen_ai.operation.name": "chat", "gen_ai.input.messages": said})
    assert time.process_time() - began < 1
    assert list(found.conversation.input) == conversation


def test_json_in_json() -> None:
    """A library that encodes twice is read once."""
    twice = json.dumps(json.dumps([text("user", "Hi")]))
    found = read({"gen_ai.operation.name": "chat", "gen_ai.input.messages": twice})
    assert found.conversation.input == (text("user", "Hi"),)
