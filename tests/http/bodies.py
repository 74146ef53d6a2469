"""Bodies as providers send them, and what the span of each says."""

from __future__ import annotations

import json
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from tests.servers.echo import EchoServer

CHAT_REQUEST: Final[dict[str, Any]] = {
    "model": "gpt-4o",
    "messages": [{"role": "user", "content": "Where to?"}],
    "temperature": 0,
    "max_completion_tokens": 50,
    "stop": "END",
}
CHAT_RESPONSE: Final[dict[str, Any]] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "model": "gpt-4o-2024-08-06",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Lisbon 🌍"},
            "finish_reason": "stop",
        }
    ],
    "usage": {
        "prompt_tokens": 12,
        "completion_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 3},
    },
}
CHAT_CHUNKS: Final[list[dict[str, Any]]] = [
    {
        "id": "chatcmpl-1",
        "model": "gpt-4o-2024-08-06",
        "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}],
    },
    {"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {"content": "Lisbon"}}]},
    {"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {"content": " 🌍"}}]},
    {"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    {"id": "chatcmpl-1", "choices": [], "usage": CHAT_RESPONSE["usage"]},
]
CHAT_ANSWERED: Final[dict[str, Any]] = {
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.finish_reasons": ("stop",),
    "gen_ai.usage.input_tokens": 12,
    "gen_ai.usage.output_tokens": 7,
    "gen_ai.usage.cache_read.input_tokens": 4,
    "gen_ai.usage.reasoning.output_tokens": 3,
}
MESSAGES_REQUEST: Final[dict[str, Any]] = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Where to?"}],
}
MESSAGES_RESPONSE: Final[dict[str, Any]] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5-20250929",
    "content": [{"type": "text", "text": "Kyoto"}],
    "stop_reason": "end_turn",
    "usage": {
        "input_tokens": 10,
        "cache_read_input_tokens": 100,
        "cache_creation_input_tokens": 5,
        "output_tokens": 2,
    },
}
MESSAGES_EVENTS: Final[list[dict[str, Any]]] = [
    {
        "type": "message_start",
        "message": {
            **MESSAGES_RESPONSE,
            "content": [],
            "stop_reason": None,
            "usage": {**MESSAGES_RESPONSE["usage"], "output_tokens": 1},
        },
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "ping"},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Kyo"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "to"}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 2, "input_tokens": None},
    },
    {"type": "message_stop"},
]
MESSAGES_ANSWERED: Final[dict[str, Any]] = {
    "gen_ai.response.id": "msg_1",
    "gen_ai.response.model": "claude-sonnet-4-5-20250929",
    "gen_ai.response.finish_reasons": ("stop",),
    "gen_ai.usage.input_tokens": 115,
    "gen_ai.usage.output_tokens": 2,
    "gen_ai.usage.cache_read.input_tokens": 100,
    "gen_ai.usage.cache_write.input_tokens": 5,
}


def event_stream(events: list[dict[str, Any]], *, done: bool = True) -> bytes:
    """Return *events* as server-sent events, as OpenAI ends them."""
    lines = [f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n" if done else ""]).encode()


CHAT_ASKED: Final[dict[str, Any]] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.request.temperature": 0.0,
    "gen_ai.request.max_tokens": 50,
    "gen_ai.request.stop_sequences": ("END",),
}
CHAT: Final = "/v1/chat/completions"
JSON: Final = {"content-type": "application/json"}
SSE: Final = {"content-type": "text/event-stream"}


def answered_with(
    echo: EchoServer, path: str, body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> str:
    """Let *echo* answer calls of *path* with *body*, bytes or JSON, and return the URL."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    echo.answers[path] = (status, {**JSON, **(headers or {})}, data)
    return f"{echo.url}{path}"


def said(span: ReadableSpan, echo: EchoServer) -> dict[str, Any]:
    """Return the span's attributes but those that say where it was sent: to *echo*."""
    attributes = dict(span.attributes or {})
    assert attributes.pop("server.address") == "127.0.0.1"
    assert attributes.pop("server.port") == echo.port
    return attributes
