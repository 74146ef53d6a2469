"""Cohere's wire format: chat and embeddings of version 2, and of version 1.

https://docs.cohere.com/reference/chat. Pure functions from JSON bodies to attributes;
anything may be missing or of another type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.values import decimal, integer, text, texts
from otel_helisession.conventions.parts import Message, fields, items
from otel_helisession.conventions.wire import openai
from otel_helisession.conventions.wire.answer import described

PROVIDER: Final = "cohere"
TELLING: Final = re.compile(rb'"type"\s*:\s*"message-(?:start|end)"|"error"')

_REASONS: Final = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "MAX_TOKENS": "length",
    "TOOL_CALL": "tool_call",
    "ERROR_TOXIC": "content_filter",
}
"""GenAI's words for Cohere's; any other is kept in lower case."""


def request(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return model and parameters of a request."""
    found = openai.request(body)
    top_p, top_k = decimal(body.get("p")), integer(body.get("k"))
    if top_p is not None:
        found[semconv.REQUEST_TOP_P] = top_p
    if top_k is not None:
        found[semconv.REQUEST_TOP_K] = top_k
    stop = texts(body.get("stop_sequences"))
    return {**found, semconv.REQUEST_STOP: stop} if stop else found


def response(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return id, finish reason and usage of a response. It does not name its model."""
    used = fields(body.get("usage") or body.get("meta"))
    identifier = body.get("id") or body.get("generation_id")
    return described(identifier, None, [_reason(body)], _usage(used))


def _reason(body: Mapping[str, Any]) -> str | None:
    reason = text(body.get("finish_reason"))
    return _REASONS.get(reason, reason.lower()) if reason else None


def _usage(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return tokens as they are billed, which leaves out what Cohere adds to a prompt."""
    counted = {**fields(said.get("tokens")), **fields(said.get("billed_units"))}
    return {
        semconv.INPUT_TOKENS: integer(counted.get("input_tokens")),
        semconv.OUTPUT_TOKENS: integer(counted.get("output_tokens")),
        semconv.CACHE_READ_TOKENS: integer(said.get("cached_tokens")) or None,
    }


def whole(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the response that the events of a stream, of either version, add up to."""
    body: dict[str, Any] = {}
    message: dict[str, Any] = {"role": "assistant"}
    for event in events:
        kind = event.get("type") or event.get("event_type")
        delta = fields(event.get("delta"))
        if kind == "message-start":
            body["id"] = event.get("id")
        elif kind == "message-end":
            body.update(delta)
        elif kind == "stream-end":  # version 1: the whole answer again
            body.update({**event, **fields(event.get("response"))})
        elif kind == "text-generation":
            body["text"] = (text(body.get("text")) or "") + (text(event.get("text")) or "")
        elif kind == "stream-start":
            body["generation_id"] = event.get("generation_id")
        elif event.get("error"):
            body["error"] = event["error"]
        else:
            _add(message, fields(delta.get("message")), integer(event.get("index")) or 0)
    if message.keys() > {"role"}:
        body["message"] = message
    return body


def _add(message: dict[str, Any], delta: Mapping[str, Any], index: int) -> None:
    """Add one piece to a message of version 2."""
    content = fields(delta.get("content"))
    for name in ("text", "thinking"):
        if isinstance(content.get(name), str):
            blocks = message.setdefault("content", [])
            if not blocks or blocks[-1].get("type") != name:
                blocks.append({"type": name, name: ""})
            blocks[-1][name] += content[name]
    if isinstance(delta.get("tool_plan"), str):
        message["tool_plan"] = message.get("tool_plan", "") + delta["tool_plan"]
    piece = fields(delta.get("tool_calls"))
    if piece:
        calls = message.setdefault("tool_calls", [])
        known = next((call for call in calls if call["index"] == index), None)
        function = fields(piece.get("function"))
        if known is None:
            known = {"index": index, "id": piece.get("id"), "function": {"arguments": ""}}
            known["function"]["name"] = function.get("name")
            calls.append(known)
        known["function"]["arguments"] += text(function.get("arguments")) or ""


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a request."""
    said = texts(body.get("texts"))
    if "messages" in body or said:
        embedded = [parts.message("user", parts.text(one)) for one in said]
        found = openai.asked(body) if "messages" in body else {semconv.INPUT_MESSAGES: embedded}
        return {**found, semconv.TOOL_DEFINITIONS: openai.tools(body)}
    past = [
        parts.message((text(one.get("role")) or "").lower(), parts.text(one.get("message")))
        for one in items(body.get("chat_history"))
    ]
    now = parts.text(body.get("message"))
    return {
        semconv.INPUT_MESSAGES: [*past, parts.message("user", now)] if now else past,
        semconv.SYSTEM_INSTRUCTIONS: parts.text(body.get("preamble")),
        semconv.TOOL_DEFINITIONS: [
            parts.function(
                tool.get("name"), tool.get("description"), tool.get("parameter_definitions")
            )
            for tool in items(body.get("tools"))
        ],
    }


def answered(body: Mapping[str, Any]) -> list[Message]:
    """Return what the model said as one message."""
    reason = _reason(body)
    message = body.get("message")
    if isinstance(message, dict):
        plan = parts.reasoning(message.get("tool_plan"))
        made = openai.answered({"choices": [{"message": message, "finish_reason": reason}]})
        return [{**one, "parts": plan + one["parts"]} for one in made]
    calls = [
        parts.tool_call(None, call.get("name"), call.get("parameters"))
        for call in items(body.get("tool_calls"))
    ]
    made_parts = [*parts.text(body.get("text")), *calls]
    return [parts.message("assistant", made_parts, finish_reason=reason)] if made_parts else []
