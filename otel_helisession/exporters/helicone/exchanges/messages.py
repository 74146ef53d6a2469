"""Messages of the GenAI conventions as chat-completions messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from otel_helisession.conventions.attributes.json_text import json_text

Message = Mapping[str, Any]

_WHOLE = 10 * 1024 * 1024
"""Nothing is cut here; the whole log is bounded once, when it is encoded."""


def chat_messages(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return *messages* in chat-completions shape; each tool response is a message of its own."""
    made: list[dict[str, Any]] = []
    for message in messages:
        parts = message.get("parts")
        if not isinstance(parts, (list, tuple)):
            made.append(_without_parts(message))
            continue
        responses = [part for part in parts if type_of(part) == "tool_call_response"]
        made.extend(_tool_message(part) for part in responses)
        if len(responses) < len(parts) or not parts:
            made.append(_message(message, parts))
    return made


def system_messages(instructions: Iterable[Message]) -> list[dict[str, Any]]:
    """Return *instructions*, parts of the GenAI conventions, as at most one system message."""
    text = "\n".join(part_text(part) for part in instructions)
    return [{"role": "system", "content": text}] if text else []


def chat_tools(tools: Iterable[Message]) -> list[dict[str, Any]]:
    """Return tool definitions in chat-completions shape, whatever shape they came in."""
    made = []
    for tool in tools:
        inner = tool.get("function")
        function = dict(inner) if isinstance(inner, Mapping) else dict(tool)
        function.pop("type", None)
        if "input_schema" in function:
            function["parameters"] = function.pop("input_schema")
        made.append({"type": "function", "function": function})
    return made


def type_of(part: Any) -> str:
    """Return the type that a part names; empty for what is no part."""
    return str(part.get("type", "")) if isinstance(part, Mapping) else ""


def part_text(part: Any) -> str:
    """Return what *part* says as text: its content, or else its JSON."""
    if isinstance(part, str):
        return part
    content = part.get("content") if isinstance(part, Mapping) else None
    return content if isinstance(content, str) else as_json(part)


def as_json(value: Any) -> str:
    """Return *value* as JSON text; text that is given is taken for JSON already."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return json_text(value, max_value_chars=_WHOLE)


def tool_response(part: Message) -> Any:
    """Return what a tool answered: ``response`` in today's conventions, ``result`` before."""
    return part.get("response", part.get("result", ""))


def _without_parts(message: Message) -> dict[str, Any]:
    """Return a message that is in chat-completions shape already, or close to it."""
    made = {str(key): value for key, value in message.items() if value is not None}
    made["role"] = str(message.get("role") or "user")
    content = message.get("content")
    if not isinstance(content, (str, list, tuple)):
        made["content"] = "" if content is None else as_json(content)
    return made


def _tool_message(part: Message) -> dict[str, Any]:
    made: dict[str, Any] = {"role": "tool", "content": as_json(tool_response(part))}
    if part.get("id"):
        made["tool_call_id"] = str(part["id"])
    return made


def _message(message: Message, parts: Iterable[Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"role": str(message.get("role") or "user")}
    content: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    reasoning: list[str] = []
    for part in parts:
        kind = type_of(part)
        if kind == "tool_call":
            calls.append(_tool_call(part))
        elif kind == "reasoning":
            reasoning.append(part_text(part))
        elif kind != "tool_call_response":
            content.append(_content(kind, part))
    made["content"] = _joined(content)
    if calls:
        made["tool_calls"] = calls
        made["content"] = made["content"] or None
    if reasoning:
        made["reasoning"] = "\n".join(reasoning)
    return made


def _joined(content: list[dict[str, Any]]) -> Any:
    if all(item["type"] == "text" for item in content):
        return "\n".join(item["text"] for item in content)
    return content


def _content(kind: str, part: Any) -> dict[str, Any]:
    url = image_url(kind, part)
    if url:
        return {"type": "image_url", "image_url": {"url": url}}
    return {"type": "text", "text": part_text(part)}


def image_url(kind: str, part: Any) -> str | None:
    """Return the URL of an image that *part*, of type *kind*, holds; None when it holds none."""
    if kind not in ("uri", "blob"):
        return None
    mime = str(part.get("mime_type") or "")
    if part.get("modality") != "image" and not mime.startswith("image/"):
        return None
    if kind == "uri":
        return str(part.get("uri") or "") or None
    content = part.get("content")
    return f"data:{mime or 'image/png'};base64,{content}" if isinstance(content, str) else None


def _tool_call(part: Message) -> dict[str, Any]:
    arguments = part.get("arguments")
    return {
        "id": str(part.get("id") or ""),
        "type": "function",
        "function": {
            "name": str(part.get("name") or ""),
            "arguments": "{}" if arguments is None else as_json(arguments),
        },
    }
