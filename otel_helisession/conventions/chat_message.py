"""One chat message, as OpenAI, Anthropic or the GenAI conventions write it, in the latter's words.

``{"role", "parts": [{"type": "text", "content"}, ...]}``. Nothing here raises on what it
reads: a block that is not known passes as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from otel_helisession.conventions.values import parsed

Part = Mapping[str, Any]


def plain(value: Any) -> Any:
    """Return an SDK's object as a dict without its empty fields; anything else as it is."""
    dump = getattr(value, "model_dump", None)
    if not callable(dump) or isinstance(value, type):
        return value
    try:
        return dump(exclude_none=True)
    except Exception:  # somebody else's object
        return value


def messages(value: Any) -> list[dict[str, Any]]:
    """Return the messages that *value* is: one text, one message, or a sequence of them."""
    if isinstance(value, (str, Mapping)) or not isinstance(value, Sequence):
        value = [value]
    return [message(item) for item in value]


def message(value: Any, role: str = "user") -> dict[str, Any]:
    """Return *value*, a message or a text, with *role* unless it names its own."""
    value = plain(value)
    if not isinstance(value, Mapping):
        return {"role": role, "parts": parts(value)}
    if "parts" in value:
        return dict(value)
    role = str(value.get("role") or role)
    content = value.get("content")
    if role == "tool":
        answer = {"type": "tool_call_response", "response": content}
        found: list[Part] = [_with_id(answer, value.get("tool_call_id"))]
    else:
        found = parts(content)
    if value.get("refusal"):
        found.append({"type": "refusal", "content": value["refusal"]})
    calls = value.get("tool_calls")
    if isinstance(calls, Sequence):
        found += [_tool_call(plain(call)) for call in calls]
    return {"role": role, "parts": found}


def parts(content: Any) -> list[Part]:
    """Return the parts of a message's content: a text, a block, or a list of blocks."""
    if content is None or content == "":
        return []
    if isinstance(content, (str, Mapping)) or not isinstance(content, Sequence):
        content = [content]
    return [part(plain(block)) for block in content]


def part(block: Any) -> Part:
    """Return one block of a message's content as a part."""
    if isinstance(block, str):
        return {"type": "text", "content": block}
    if not isinstance(block, Mapping):
        return {"type": "data", "content": block}
    kind = block.get("type")
    if kind in ("text", "input_text", "output_text") and "text" in block:
        return {"type": "text", "content": block["text"]}
    if kind == "thinking":
        return {"type": "reasoning", "content": block.get("thinking")}
    if kind == "tool_use":
        call = {"type": "tool_call", "name": block.get("name"), "arguments": block.get("input")}
        return _with_id(call, block.get("id"))
    if kind == "tool_result":
        answer = {"type": "tool_call_response", "response": block.get("content")}
        return _with_id(answer, block.get("tool_use_id"))
    if kind == "image_url":
        image = block.get("image_url")
        uri = image.get("url") if isinstance(image, Mapping) else image
        return {"type": "uri", "modality": "image", "uri": uri}
    return block


def _tool_call(call: Any) -> Part:
    function = call.get("function") if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping):
        return {"type": "tool_call", "content": call}
    arguments = parsed(function.get("arguments"))
    return _with_id(
        {"type": "tool_call", "name": function.get("name"), "arguments": arguments},
        call.get("id"),
    )


def _with_id(found: dict[str, Any], identifier: Any) -> Part:
    return found if identifier is None else {"type": found["type"], "id": identifier, **found}
