"""OpenAI's Responses: bodies in, attributes out, without a network."""

from __future__ import annotations

from typing import Any

from otel_helisession.conventions.wire import responses, sse
from tests.http.bodies import (
    event_stream,
)

CALL = {"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"city": "Lisbon"}}

RESPONSE: dict[str, Any] = {
    "id": "resp_1",
    "model": "gpt-5",
    "status": "completed",
    "output": [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "message", "content": [{"type": "output_text", "text": "Lisbon"}]},
        {
            "type": "function_call",
            "call_id": "c1",
            "name": "weather",
            "arguments": '{"city": "Lisbon"}',
        },
    ],
    "usage": {
        "input_tokens": 5,
        "input_tokens_details": {"cached_tokens": 2},
        "output_tokens": 6,
        "output_tokens_details": {"reasoning_tokens": 3},
    },
}
RESPONSE_SAYS = {
    "gen_ai.response.id": "resp_1",
    "gen_ai.response.model": "gpt-5",
    "gen_ai.response.finish_reasons": ("tool_calls",),
    "gen_ai.usage.input_tokens": 5,
    "gen_ai.usage.output_tokens": 6,
    "gen_ai.usage.cache_read.input_tokens": 2,
    "gen_ai.usage.reasoning.output_tokens": 3,
}


def test_the_responses_api_says_the_same_streamed_or_not() -> None:
    """The last event holds the whole response."""
    assert responses.response(RESPONSE) == RESPONSE_SAYS
    started = {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}}
    delta = {"type": "response.output_text.delta", "delta": "Lisbon"}
    ended = {"type": "response.completed", "response": RESPONSE}
    raw = event_stream([started, delta, ended], done=False)
    whole = responses.whole(sse.events(raw, responses.TELLING))
    assert responses.response(whole) == RESPONSE_SAYS
    cut = responses.whole(sse.events(raw[:200], responses.TELLING))
    assert responses.response(cut) == {"gen_ai.response.id": "resp_1"}


def test_the_responses_api_becomes_the_conventions_parts() -> None:
    """Input as text or items, and output as one message."""
    assert responses.answered(RESPONSE) == [
        {
            "role": "assistant",
            "parts": [
                {"type": "reasoning", "content": "hm"},
                {"type": "text", "content": "Lisbon"},
                CALL,
            ],
            "finish_reason": "tool_calls",
        }
    ]
    items = [
        {"role": "user", "content": "hi"},
        RESPONSE["output"][2],
        {"type": "function_call_output", "call_id": "c1", "output": "sunny"},
    ]
    asked = responses.asked({"instructions": "Be brief", "input": items})
    assert asked == {
        "gen_ai.input.messages": [
            {"role": "user", "parts": [{"type": "text", "content": "hi"}]},
            {"role": "assistant", "parts": [CALL]},
            {
                "role": "tool",
                "parts": [{"type": "tool_call_response", "id": "c1", "response": "sunny"}],
            },
        ],
        "gen_ai.system_instructions": [{"type": "text", "content": "Be brief"}],
        "gen_ai.tool.definitions": [],
    }
    assert responses.asked({"input": "hi"})["gen_ai.input.messages"] == [
        {"role": "user", "parts": [{"type": "text", "content": "hi"}]}
    ]
