"""Messages and tools of OpenInference, as they stand put together again from numbered names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.flattened import gathered
from otel_helisession.conventions.attributes.values import Attributes, parsed, text
from otel_helisession.conventions.conversation.messages import tools as definitions
from otel_helisession.conventions.parts import Message, Part, fields, items

_START: Final = "llm."
_ROLES: Final = {"model": "assistant", "human": "user", "ai": "assistant"}
_KEPT: Final = ("id", "signature", "data", "encrypted_content")
"""What a part of any type may have besides, in the words that the GenAI conventions keep."""


def grouped(attributes: Attributes) -> Callable[[str], list[dict[str, Any]]]:
    """Return a function from ``input_messages``, ``tools`` … to the objects of that name.

    One pass over *attributes* for all of them.
    """
    groups: dict[str, list[tuple[str, Any]]] = {}
    for name, value in attributes.items():
        if name.startswith(_START):
            _, group, rest = (*name.split(".", 2), "")[:3]
            groups.setdefault(group, []).append((rest, value))
    return lambda group: gathered(groups[group]) if group in groups else []


def messages(found: Sequence[Mapping[str, Any]], role: str = "") -> list[Message]:
    """Return messages, prompts and choices; *role* where they do not say whose they are."""
    return [_message(one, role) for one in found]


def tools(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return definitions of tools, from their JSON schema or from name and description."""
    made = []
    for one in found:
        tool = fields(one.get("tool"))
        schema = parsed(tool.get("json_schema"))
        if isinstance(schema, dict):
            made += definitions(schema)
        elif text(tool.get("name")):
            made.append(parts.function(tool["name"], tool.get("description"), None))
    return made


def _message(found: Mapping[str, Any], role: str) -> Message:
    for name, inner in (("prompt", "text"), ("completion", "text")):
        if name in found:
            return parts.message(role, parts.text(fields(found[name]).get(inner)))
    said = fields(found.get("message"))
    role = text(said.get("role")) or role
    contents = [_part(fields(one.get("message_content"))) for one in items(said.get("contents"))]
    made: list[Part] = parts.text(said.get("content")) or parts.flat(contents)
    if role == "tool" or (text(said.get("tool_call_id")) and not said.get("tool_calls")):
        answer = said.get("content") if isinstance(said.get("content"), str) else made
        made = [parts.tool_result(said.get("tool_call_id"), answer)]
    elif made and contents and isinstance(said.get("content"), str):
        made += [part for part in parts.flat(contents) if part["type"] not in ("text", "tool_call")]
    for one in items(said.get("tool_calls")):
        made.append(_call(fields(one.get("tool_call"))))
    if text(said.get("function_call_name")):
        arguments = said.get("function_call_arguments_json")
        made.append(parts.tool_call(None, said["function_call_name"], arguments))
    return parts.message(
        _ROLES.get(role, role),
        made,
        name=text(said.get("name")),
        finish_reason=text(said.get("finish_reason")),
    )


def _call(said: Mapping[str, Any]) -> Part:
    function = fields(said.get("function"))
    arguments = function.get("arguments", {})  # instrumentations leave an empty object out
    made = parts.tool_call(said.get("id"), function.get("name"), arguments)
    signature = said.get("reasoning_signature")
    return {**made, "signature": signature} if text(signature) else made


def _part(said: Mapping[str, Any]) -> list[Part]:
    """Return one item of a message's contents; what is of no known type stays as it is."""
    kind = said.get("type")
    kept = {name: said[name] for name in _KEPT if text(said.get(name))}
    if kind == "reasoning":
        return [{"type": "reasoning", "content": said.get("text") or "", **kept}]
    if kind == "text" or (kind is None and "text" in said):
        return [{**part, **kept} for part in parts.text(said.get("text"))]
    if kind == "tool_use":
        return []  # it stands among the message's tool calls
    for modality in ("image", "audio", "video", "document"):
        if modality in said:
            found = fields(fields(said[modality]).get(modality))
            return [{**part, **kept} for part in _media(found, modality)]
    return [dict(said)] if kind is not None else []


def _media(said: Mapping[str, Any], modality: str) -> list[Part]:
    if modality == "document" and text(said.get("content")):
        return parts.text(said["content"])
    made = parts.media(said.get("url"), modality) or parts.file(said.get("id"), modality)
    mime_type = text(said.get("mime_type"))
    if mime_type:
        made = [{**part, "mime_type": part.get("mime_type") or mime_type} for part in made]
    return made + parts.text(said.get("transcript"))
