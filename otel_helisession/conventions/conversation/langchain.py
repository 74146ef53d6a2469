"""Messages as LangChain serialises them, as OpenAI's chat has them.

LangChain writes one message in four shapes: its own constructor format (``"lc": 1``), an object
with ``type`` and ``data``, the fields alone, and a pair of role and text. Several frameworks'
instrumentations write what they are handed, so they turn up in many conventions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from otel_helisession.conventions.attributes.values import text
from otel_helisession.conventions.parts import fields, items

_ROLES: Final = {
    "human": "user",
    "humanmessage": "user",
    "humanmessagechunk": "user",
    "ai": "assistant",
    "aimessage": "assistant",
    "aimessagechunk": "assistant",
    "system": "system",
    "systemmessage": "system",
    "tool": "tool",
    "toolmessage": "tool",
    "function": "tool",
    "functionmessage": "tool",
    "chatmessage": "user",
}
_PAIRED: Final = frozenset(
    {"system", "user", "human", "ai", "assistant", "developer", "placeholder"}
)
_CALLS: Final = frozenset({"tool_use", "tool_call", "server_tool_use", "function_call"})


def message(said: Any) -> dict[str, Any] | None:
    """Return one message as ``{"role", "content", ...}``; None when *said* is not LangChain's."""
    if isinstance(said, (list, tuple)):
        return _of_pair(said)
    if not isinstance(said, dict):
        return None
    if said.get("type") == "constructor" and isinstance(said.get("kwargs"), dict):
        path = said.get("id")
        named = path[-1] if isinstance(path, list) and path else None
        return _of_fields(said["kwargs"], named)
    if isinstance(said.get("data"), dict):
        return _of_fields(said["data"], said.get("type"))
    return None if "role" in said else _of_fields(said, said.get("type"))


def tool_result(said: Any) -> Any:
    """Return what a tool answered, of the message that LangChain makes of it; else *said*."""
    found = _tool_message(said)
    return said if found is None else found["content"]


def tool_call_id(said: Any) -> str | None:
    """Return which call of the model's a tool answered, of the message LangChain makes of it."""
    return text((_tool_message(said) or {}).get("tool_call_id"))


def _tool_message(said: Any) -> dict[str, Any] | None:
    if isinstance(said, dict) and said.keys() <= {"output", "kwargs"} and "output" in said:
        said = said["output"]
    found = message(said)
    return found if found is not None and found["role"] == "tool" else None


def answer(said: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the messages of an LLMResult, and its body as OpenAI's answer would have it.

    Args:
        said: An object with ``generations``, in lists of lists or in one list.
    """
    generations: list[dict[str, Any]] = []
    for one in said.get("generations") or ():
        generations += items(one) if isinstance(one, list) else items([one])
    messages: list[dict[str, Any]] = []
    body = described(said.get("llm_output"))
    for generation in generations:
        given = generation.get("message")
        made = message(given) or {"role": "assistant", "content": generation.get("text")}
        more = described(_metadata(given))
        body = {**more, **body}
        reason = fields(generation.get("generation_info")).get("finish_reason")
        made["finish_reason"] = made.get("finish_reason") or reason
        messages.append(made)
    return messages, body


def described(metadata: Any) -> dict[str, Any]:
    """Return what a message's or a result's metadata say of the call: id, model, usage, reason."""
    said = fields(metadata)
    found = {
        "id": said.get("id"),
        "model": said.get("model_name") or said.get("model"),
        "usage": said.get("usage_metadata") or said.get("token_usage") or said.get("usage"),
        "finish_reason": said.get("finish_reason") or said.get("stop_reason"),
        "service_tier": said.get("service_tier"),
    }
    return {name: value for name, value in found.items() if value}


def metadata(said: Any) -> dict[str, Any]:
    """Return what a LangChain message says of the call that made it; empty for another's."""
    return described(_metadata(said))


def _metadata(said: Any) -> dict[str, Any]:
    inner = fields(said)
    inner = fields(inner.get("kwargs")) or fields(inner.get("data")) or inner
    found = dict(fields(inner.get("response_metadata")))
    if isinstance(inner.get("usage_metadata"), dict):
        found["usage_metadata"] = inner["usage_metadata"]
    return found


def _of_pair(said: Any) -> dict[str, Any] | None:
    if len(said) == 2 and isinstance(said[0], str) and said[0] in _PAIRED:
        return {"role": _ROLES.get(said[0], said[0]), "content": said[1]}
    return None


def _of_fields(said: dict[str, Any], named: Any) -> dict[str, Any] | None:
    kind = named if isinstance(named, str) else said.get("type")
    role = _ROLES.get(kind.lower()) if isinstance(kind, str) else None
    if role is None or "content" not in said:
        return None
    content = said["content"]
    extra = fields(said.get("additional_kwargs"))
    made: dict[str, Any] = {"role": said.get("role") or role, "content": _content(content)}
    if not any(block.get("type") in _CALLS for block in items(content)):
        made["tool_calls"] = said.get("tool_calls") or extra.get("tool_calls") or None
    made["function_call"] = extra.get("function_call") if not made.get("tool_calls") else None
    made["reasoning_content"] = extra.get("reasoning_content")
    made["refusal"] = extra.get("refusal")
    for name in ("tool_call_id", "name"):
        made[name] = said.get(name)
    made["finish_reason"] = described(said.get("response_metadata")).get("finish_reason")
    return {name: value for name, value in made.items() if value is not None or name == "content"}


def _content(content: Any) -> Any:
    """Return content with the blocks that only LangChain has in words that others know."""
    if not isinstance(content, list):
        return content
    return [
        _block(block) if isinstance(block, dict) else {"type": "text", "text": str(block)}
        for block in content
    ]


def _block(block: dict[str, Any]) -> dict[str, Any]:
    kind = block.get("type")
    if kind == "reasoning" and isinstance(block.get("reasoning"), str):
        return {"type": "thinking", "thinking": block["reasoning"]}
    if kind == "tool_call":
        return {**block, "type": "tool_use", "input": block.get("args")}
    if kind in ("image", "file", "audio") and "source" not in block:
        data = block.get("base64") or block.get("data")
        url = block.get("url")
        if isinstance(data, str):
            url = f"data:{block.get('mime_type') or ''};base64,{data}"
        if kind == "image" and isinstance(url, str):
            return {"type": "image_url", "image_url": {"url": url}}
    return block
