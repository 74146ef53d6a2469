"""The wire format of OpenAI's Responses.

https://platform.openai.com/docs/api-reference/responses. Pure functions from JSON bodies to
attributes; anything may be missing or of another type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from otel_helisession import semconv
from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.values import text
from otel_helisession.conventions.parts import Message, Part, fields, items
from otel_helisession.conventions.wire import openai
from otel_helisession.conventions.wire.answer import described

PROVIDER: Final = "openai"
TELLING: Final = re.compile(
    rb'"type"\s*:\s*"(?:response\.(?:created|completed|incomplete|failed)|error)"'
)

_REASONS: Final = {"completed": "stop", "failed": "error", "cancelled": "error"}
_INCOMPLETE: Final = {"max_output_tokens": "length"}

request = openai.request


def response(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return model, id, finish reason and usage of a response."""
    used = openai.usage(fields(body.get("usage")))
    return described(body.get("id"), body.get("model"), [_finish_reason(body)], used)


def _finish_reason(body: Mapping[str, Any]) -> str | None:
    status = text(body.get("status"))
    if status == "incomplete":
        reason = text(fields(body.get("incomplete_details")).get("reason"))
        return _INCOMPLETE.get(reason or "", reason or status)
    if status == "completed" and any(
        item.get("type") in ("function_call", "custom_tool_call")
        for item in items(body.get("output"))
    ):
        return "tool_calls"
    return _REASONS.get(status or "")


def whole(events: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the response that a stream ends in; what is known of it when it was cut."""
    body: dict[str, Any] = {}
    output: list[Any] = []
    for event in events:
        kind = event.get("type")
        if isinstance(event.get("response"), dict):
            body = event["response"]
        elif kind == "response.output_item.done":
            output.append(event.get("item"))
        elif kind == "error":
            body = {**body, "error": fields(event.get("error")) or event}
    return body if body.get("output") or not output else {**body, "output": output}


def asked(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a request."""
    said = body.get("input")
    if isinstance(said, str):
        messages = [parts.message("user", parts.text(said))]
    else:
        messages = [_message(item) for item in items(said)]
    return {
        semconv.INPUT_MESSAGES: messages,
        semconv.SYSTEM_INSTRUCTIONS: parts.text(body.get("instructions")),
        semconv.TOOL_DEFINITIONS: openai.tools(body),
    }


def answered(body: Mapping[str, Any]) -> list[Message]:
    """Return what the model said as one message."""
    made = parts.flat(_parts(item) for item in items(body.get("output")))
    reason = _finish_reason(body)
    return [parts.message("assistant", made, finish_reason=reason)] if made else []


def _message(item: Mapping[str, Any]) -> Message:
    kind = item.get("type", "message")
    role = item.get("role")
    if not role:
        role = "tool" if str(kind).endswith("_output") else "assistant"
    return parts.message(role, _parts(item))


def _parts(item: Mapping[str, Any]) -> list[Part]:
    """Return one item of input or output as parts."""
    kind = item.get("type", "message")
    if kind == "message":
        return openai.content_parts(item.get("content"))
    if kind in ("function_call", "custom_tool_call"):
        arguments = item.get("arguments", item.get("input"))
        return [parts.tool_call(item.get("call_id"), item.get("name"), arguments)]
    if kind in ("function_call_output", "custom_tool_call_output"):
        return [parts.tool_result(item.get("call_id"), item.get("output"))]
    if kind == "reasoning":
        return parts.flat(parts.reasoning(one.get("text")) for one in items(item.get("summary")))
    return [dict(item)] if isinstance(kind, str) else []
