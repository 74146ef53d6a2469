"""Strands, recorded; LiveKit and Claude Code, written from their documentation."""

from __future__ import annotations

import pytest

from otel_helisession.conventions.operation import Operation, ToolCall, Usage
from tests.conventions.made import read
from tests.conventions.recorded import FORECAST, requests, tree, words

LK_TOOL = {"lk.function_tool.name": "look_up", "lk.function_tool.id": "call_1"}
CLAUDE = {
    "span.type": "llm_request",
    "model": "claude-haiku-4-5",
    "gen_ai.system": "anthropic",
    "input_tokens": 2,
    "output_tokens": 12,
    "cache_read_tokens": 80,
    "cache_creation_tokens": 7,
    "ttft_ms": 420,
    "stop_reason": "tool_use",
}


def test_a_strands_agent_is_one_tree() -> None:
    """The cycles of its loop add nothing to the path."""
    assert tree("strands", "tool") == [
        ("structure", "/travel agent"),
        ("structure", "/travel agent"),
        ("llm", "/travel agent"),
        ("tool", "/travel agent/check_weather"),
        ("structure", "/travel agent"),
        ("llm", "/travel agent"),
    ]


def test_strands_tells_each_side_in_an_event() -> None:
    """Its own name is not the provider's."""
    first, _, second = requests("strands", "tool")
    assert (first.provider, first.usage) == (None, Usage(95, 9, cache_read_tokens=0))
    assert words(first.conversation.input) == [("user", "What is the weather in Lisbon?")]
    assert words(second.conversation.output) == [("assistant", FORECAST)]
    assert words([{"role": "system", "parts": first.conversation.instructions}]) == [
        ("system", "You are brief.")
    ]


@pytest.mark.parametrize("pii", ["", "pii."])
def test_a_tool_of_livekit(pii: str) -> None:
    """What may hold personal data was moved to names that say so."""
    said = {
        f"lk.{pii}function_tool.arguments": '{"id":"A1"}',
        f"lk.{pii}function_tool.output": "ok",
    }
    found = read({**LK_TOOL, **said})
    assert (found.kind, found.segment) == ("tool", "look_up")
    assert found.tool == ToolCall("look_up", "call_1", {"id": "A1"}, "ok")


def test_a_call_of_livekit_within_its_node() -> None:
    """The node has the chat, the call the time to its first token."""
    call = {"gen_ai.operation.name": "chat", "lk.response.ttft": 0.29}
    assert read(call).time_to_first_token_ms == 290.0
    assert read({"lk.chat_ctx": "{}"}, name="llm_node").kind == "structure"


@pytest.mark.parametrize("prefix", ["", "claude_code."])
def test_a_call_of_claude_code(prefix: str) -> None:
    """Its input tokens leave cached ones out."""
    found = read({**CLAUDE, "span.type": f"{prefix}llm_request"}, name="claude_code.llm_request")
    assert found == Operation(
        kind="llm",
        convention="claude_code",
        name="chat",
        provider="anthropic",
        request_model="claude-haiku-4-5",
        finish_reasons=("tool_use",),
        time_to_first_token_ms=420.0,
        usage=Usage(89, 12, 80, 7),
        parameters={},
    )


def test_a_tool_of_claude_code() -> None:
    """Its output is an event; what is masked is not there."""
    said = {"span.type": "tool", "tool_name": "Bash", "tool_use_id": "toolu_1"}
    output = ("tool.output", {"output": "a.txt"}, 1.0)
    found = read({**said, "full_command": "ls", "file_path": "<REDACTED>"}, events=[output])
    assert found.tool == ToolCall("Bash", "toolu_1", {"full_command": "ls"}, "a.txt")
    assert found.segment == "Bash"


def test_a_span_type_of_another_s_is_left_alone() -> None:
    """``tool`` alone is anybody's word."""
    assert read({"span.type": "tool"}).kind == "structure"
    assert read({"span.type": "web"}).convention == "none"
