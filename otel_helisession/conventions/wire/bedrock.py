"""Amazon Bedrock's wire format of Converse, which Nova speaks by InvokeModel, too.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. Pure
functions from JSON bodies to attributes; anything may be missing or of another type. The
model stands in the URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.values import decimal, integer, text, texts
from otel_helisession.conventions.parts import Message, Part, fields, items
from otel_helisession.conventions.wire.answer import described

PROVIDER: Final = "aws.bedrock"
TELLING: Final = re.compile(b"")
"""All: its streams are frames, not server-sent events."""

_REASONS: Final = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_call",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
}


def request(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a request."""
    given = fields(body.get("inferenceConfig"))
    found: dict[str, Any] = {
        semconv.REQUEST_TEMPERATURE: decimal(given.get("temperature")),
        semconv.REQUEST_TOP_P: decimal(given.get("topP")),
        semconv.REQUEST_TOP_K: integer(given.get("topK")),
        semconv.REQUEST_MAX_TOKENS: integer(given.get("maxTokens")),
        semconv.REQUEST_STOP: texts(given.get("stopSequences")) or None,
    }
    return {key: value for key, value in found.items() if value is not None}


def response(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return finish reason and usage of a response. It has no id, and names no model."""
    return described(None, None, [_reason(body)], _usage(fields(body.get("usage"))))


def _reason(body: Mapping[str, Any]) -> str | None:
    reason = text(body.get("stopReason"))
    return _REASONS.get(reason, reason) if reason else None


def _usage(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return tokens; input includes what was cached, which Bedrock counts apart."""
    read = integer(said.get("cacheReadInputTokens") or said.get("cacheReadInputTokenCount"))
    written = integer(said.get("cacheWriteInputTokens") or said.get("cacheWriteInputTokenCount"))
    fresh = integer(said.get("inputTokens"))
    counted = [count for count in (fresh, read, written) if count is not None]
    return {
        semconv.INPUT_TOKENS: sum(counted) if counted else None,
        semconv.OUTPUT_TOKENS: integer(said.get("outputTokens")),
        semconv.CACHE_READ_TOKENS: read or None,
        semconv.CACHE_WRITE_TOKENS: written or None,
    }


def whole(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the response that the events of a stream, ``{type: payload}``, add up to."""
    body: dict[str, Any] = {}
    blocks: dict[int, dict[str, Any]] = {}
    role = "assistant"
    for event in events:
        for kind, said in event.items():
            said = fields(said)
            index = integer(said.get("contentBlockIndex")) or 0
            if kind == "messageStart":
                role = text(said.get("role")) or role
            elif kind == "contentBlockStart":
                call = fields(fields(said.get("start")).get("toolUse"))
                blocks[index] = {"toolUse": {**call, "input": ""}} if call else {}
            elif kind == "contentBlockDelta":
                _add(blocks.setdefault(index, {}), fields(said.get("delta")))
            elif kind == "messageStop":
                body["stopReason"] = said.get("stopReason")
            elif kind == "metadata":
                body["usage"] = said.get("usage")
            elif kind == "error":
                body["error"] = said
    if blocks:
        content = [blocks[index] for index in sorted(blocks)]
        body["output"] = {"message": {"role": role, "content": content}}
    return body


def _add(block: dict[str, Any], delta: Mapping[str, Any]) -> None:
    """Add one piece to a content block; a tool's input comes as pieces of JSON text."""
    if isinstance(delta.get("text"), str):
        block["text"] = block.get("text", "") + delta["text"]
    thought = text(fields(delta.get("reasoningContent")).get("text"))
    if thought:
        known = block.setdefault("reasoningContent", {"reasoningText": {"text": ""}})
        known["reasoningText"]["text"] += thought
    piece = text(fields(delta.get("toolUse")).get("input"))
    if piece:
        call = block.setdefault("toolUse", {"input": ""})
        call["input"] += piece


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a request."""
    system = body.get("system")
    return {
        semconv.INPUT_MESSAGES: [
            parts.message(message.get("role"), _content(message.get("content")))
            for message in items(body.get("messages"))
        ],
        semconv.SYSTEM_INSTRUCTIONS: _content(system),
        semconv.TOOL_DEFINITIONS: [
            parts.function(
                spec.get("name"),
                spec.get("description"),
                fields(spec.get("inputSchema")).get("json"),
            )
            for tool in items(fields(body.get("toolConfig")).get("tools"))
            if (spec := fields(tool.get("toolSpec")))
        ],
    }


def answered(body: Mapping[str, Any]) -> list[Message]:
    """Return what the model said as one message."""
    message = fields(fields(body.get("output")).get("message"))
    made = _content(message.get("content"))
    if not made:
        return []
    role = text(message.get("role")) or "assistant"
    return [parts.message(role, made, finish_reason=_reason(body))]


def _content(content: Any) -> list[Part]:
    return parts.flat(_part(block) for block in items(content))


def _part(block: Mapping[str, Any]) -> list[Part]:
    if isinstance(block.get("text"), str):
        return parts.text(block["text"])
    call = fields(block.get("toolUse"))
    if call:
        return [parts.tool_call(call.get("toolUseId"), call.get("name"), call.get("input"))]
    result = fields(block.get("toolResult"))
    if result:
        said = [one.get("json") or one.get("text") for one in items(result.get("content"))]
        return [parts.tool_result(result.get("toolUseId"), said[0] if len(said) == 1 else said)]
    thought = fields(fields(block.get("reasoningContent")).get("reasoningText"))
    if thought:
        return parts.reasoning(thought.get("text"))
    for kind in ("image", "document", "video", "audio"):
        media = fields(block.get(kind))
        if media:
            data = fields(media.get("source")).get("bytes")
            return parts.blob(f"{kind}/{media.get('format')}", kind, data)
    return []
