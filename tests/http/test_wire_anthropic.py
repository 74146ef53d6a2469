"""Anthropic's messages: bodies in, attributes out, without a network."""

from __future__ import annotations

from typing import Any

from otel_helisession.conventions.wire import anthropic, sse
from tests.http.bodies import (
    MESSAGES_ANSWERED,
    MESSAGES_EVENTS,
    MESSAGES_RESPONSE,
    event_stream,
)

WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}}
CALL = {"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"city": "Lisbon"}}
DEFINITION = {
    "type": "function",
    "name": "weather",
    "description": "Says it",
    "parameters": WEATHER,
}


def test_an_anthropic_message_says_model_id_reason_and_usage() -> None:
    """Its input tokens with the cached ones, which Anthropic counts apart."""
    assert anthropic.response(MESSAGES_RESPONSE) == MESSAGES_ANSWERED


def test_a_stream_of_anthropic_events_says_the_same() -> None:
    """All events, or just those that tell more than content."""
    raw = event_stream(MESSAGES_EVENTS, done=False)
    for telling in (None, anthropic.TELLING):
        whole = anthropic.whole(sse.events(raw, telling))
        assert anthropic.response(whole) == MESSAGES_ANSWERED
    whole = anthropic.whole(MESSAGES_EVENTS)
    assert anthropic.answered(whole) == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "Kyoto"}],
            "finish_reason": "stop",
        }
    ]


def test_anthropic_content_becomes_the_conventions_parts() -> None:
    """Instructions, thinking, tools and media."""
    body = {
        "system": [{"type": "text", "text": "Be brief"}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"},
                    },
                    {"type": "tool_result", "tool_use_id": "c1", "content": "sunny"},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "s"},
                    {
                        "type": "tool_use",
                        "id": "c1",
                        "name": "weather",
                        "input": {"city": "Lisbon"},
                    },
                ],
            },
        ],
        "tools": [
            {"name": "weather", "description": "Says it", "input_schema": WEATHER},
            {"type": "web_search_20250305", "name": "web_search"},
        ],
    }
    assert anthropic.asked(body) == {
        "gen_ai.input.messages": [
            {
                "role": "user",
                "parts": [
                    {
                        "type": "blob",
                        "mime_type": "image/png",
                        "modality": "image",
                        "content": "AAAA",
                    },
                    {"type": "tool_call_response", "id": "c1", "response": "sunny"},
                ],
            },
            {"role": "assistant", "parts": [{"type": "reasoning", "content": "hm"}, CALL]},
        ],
        "gen_ai.system_instructions": [{"type": "text", "content": "Be brief"}],
        "gen_ai.tool.definitions": [
            DEFINITION,
            {"type": "web_search_20250305", "name": "web_search"},
        ],
    }


def test_anthropics_streamed_tool_input_is_put_together() -> None:
    """From pieces of JSON text; without any it is an empty object."""
    block = {"type": "tool_use", "id": "c1", "name": "weather", "input": {}}

    def delta(text: str) -> dict[str, Any]:
        piece = {"type": "input_json_delta", "partial_json": text}
        return {"type": "content_block_delta", "index": 0, "delta": piece}

    start = {"type": "content_block_start", "index": 0, "content_block": block}
    whole = anthropic.whole([start, delta('{"city": '), delta('"Lisbon"}')])
    assert anthropic.answered(whole)[0]["parts"] == [CALL]
    whole = anthropic.whole([start])
    assert anthropic.answered(whole)[0]["parts"] == [{**CALL, "arguments": {}}]
