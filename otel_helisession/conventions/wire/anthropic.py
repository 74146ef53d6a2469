"""Anthropic's wire format of Messages.

https://docs.claude.com/en/api/messages. Pure functions from JSON bodies to attributes;
anything may be missing or of another type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.values import integer, text, texts
from otel_helisession.conventions.parts import Message, Part, fields, items
from otel_helisession.conventions.wire import openai
from otel_helisession.conventions.wire.answer import described

PROVIDER: Final = "anthropic"
TELLING: Final = re.compile(rb'"type"\s*:\s*"(?:message_start|message_delta|error)"')

_REASONS: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_call",
}
"""GenAI's words for Anthropic's, as the official instrumentation writes them."""


def request(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return model and parameters of a request."""
    found = openai.request(body)
    stop = texts(body.get("stop_sequences"))
    return {**found, semconv.REQUEST_STOP: stop} if stop else found


def response(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return model, id, finish reason and usage of a response."""
    used = _usage(fields(body.get("usage")))
    return described(body.get("id"), body.get("model"), [_finish_reason(body)], used)


def _finish_reason(body: Mapping[str, Any]) -> str | None:
    reason = text(body.get("stop_reason"))
    return _REASONS.get(reason, reason) if reason else None


def _usage(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return tokens; input includes what was cached, which Anthropic counts apart."""
    read = integer(said.get("cache_read_input_tokens"))
    written = integer(said.get("cache_creation_input_tokens"))
    fresh = integer(said.get("input_tokens"))
    counted = [count for count in (fresh, read, written) if count is not None]
    details = fields(said.get("output_tokens_details"))
    return {
        semconv.INPUT_TOKENS: sum(counted) if counted else None,
        semconv.OUTPUT_TOKENS: integer(said.get("output_tokens")),
        semconv.CACHE_READ_TOKENS: read or None,
        semconv.CACHE_WRITE_TOKENS: written or None,
        semconv.REASONING_TOKENS: integer(details.get("thinking_tokens")) or None,
    }


def whole(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the message that the events of a stream add up to."""
    body: dict[str, Any] = {}
    blocks: dict[int, dict[str, Any]] = {}
    for event in events:
        kind = event.get("type")
        index = integer(event.get("index")) or 0
        if kind == "message_start":
            body = dict(fields(event.get("message")))
        elif kind == "content_block_start":
            blocks[index] = dict(fields(event.get("content_block")))
        elif kind == "content_block_delta":
            _add(blocks.setdefault(index, {}), fields(event.get("delta")))
        elif kind == "message_delta":
            body.update(fields(event.get("delta")))
            last = {k: v for k, v in fields(event.get("usage")).items() if v is not None}
            body["usage"] = {**fields(body.get("usage")), **last}
        elif kind == "error":
            body["error"] = event.get("error")
    if blocks:
        body["content"] = [blocks[index] for index in sorted(blocks)]
    return body


def _add(block: dict[str, Any], delta: Mapping[str, Any]) -> None:
    """Add one piece to a content block; a tool's input comes as pieces of JSON text."""
    for name, target in (("text", "text"), ("thinking", "thinking"), ("partial_json", "input")):
        piece = delta.get(name)
        if isinstance(piece, str):
            known = block.get(target)
            block[target] = (known if isinstance(known, str) else "") + piece


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a request."""
    system = body.get("system")
    return {
        semconv.INPUT_MESSAGES: [
            parts.message(message.get("role"), _content(message.get("content")))
            for message in items(body.get("messages"))
        ],
        semconv.SYSTEM_INSTRUCTIONS: _content(system),
        semconv.TOOL_DEFINITIONS: [_tool(tool) for tool in items(body.get("tools"))],
    }


def answered(body: Mapping[str, Any]) -> list[Message]:
    """Return what the model said as one message."""
    made = _content(body.get("content"))
    if not made:
        return []
    role = text(body.get("role")) or "assistant"
    return [parts.message(role, made, finish_reason=_finish_reason(body))]


def _content(content: Any) -> list[Part]:
    if isinstance(content, str):
        return parts.text(content)
    return parts.flat(_part(block) for block in items(content))


def _part(block: Mapping[str, Any]) -> list[Part]:
    kind = block.get("type")
    if kind == "text" or (kind is None and "text" in block):
        return parts.text(block.get("text"))
    if kind == "thinking" or (kind is None and "thinking" in block):
        return parts.reasoning(block.get("thinking"))
    if kind in ("tool_use", "server_tool_use") or (kind is None and "input" in block):
        return [parts.tool_call(block.get("id"), block.get("name"), block.get("input"))]
    if kind == "tool_result":
        content = block.get("content")
        result = content if isinstance(content, str) else _content(content)
        return [parts.tool_result(block.get("tool_use_id"), result)]
    if kind in ("image", "document"):
        return _media(fields(block.get("source")), str(kind))
    return [dict(block)] if isinstance(kind, str) else []


def _media(source: Mapping[str, Any], modality: str) -> list[Part]:
    if source.get("type") == "base64":
        return parts.blob(source.get("media_type"), modality, source.get("data"))
    if source.get("type") == "text":
        return parts.text(source.get("data"))
    return parts.media(source.get("url"), modality) or parts.file(source.get("file_id"), modality)


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    if "input_schema" in tool:
        return parts.function(tool.get("name"), tool.get("description"), tool["input_schema"])
    return {"type": tool.get("type"), "name": tool.get("name") or tool.get("type")}
