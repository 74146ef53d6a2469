"""An Anthropic call in Anthropic's own shape, the only one whose cached tokens Helicone prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from otel_helisession.conventions.attributes.values import parsed
from otel_helisession.conventions.operation import Operation, Usage
from otel_helisession.exporters.helicone.exchanges.chat import parameters
from otel_helisession.exporters.helicone.exchanges.exchange import Exchange
from otel_helisession.exporters.helicone.exchanges.messages import (
    Message,
    as_json,
    chat_tools,
    image_url,
    part_text,
    tool_response,
    type_of,
)
from otel_helisession.exporters.helicone.exchanges.outcome import error, is_cancelled

_URL: Final = "https://api.anthropic.com/v1/messages"

_STOP_REASONS: Final = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_call": "tool_use",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}


def exchange(operation: Operation) -> Exchange:
    """Return the log of a call to Anthropic's messages API."""
    return Exchange(_request(operation), _response(operation), _URL)


def _request(operation: Operation) -> dict[str, Any]:
    conversation = operation.conversation
    made: dict[str, Any] = {}
    model = operation.request_model or operation.response_model
    if model:
        made["model"] = model
    told = [part_text(part) for part in conversation.instructions]
    messages = []
    for message in conversation.input:
        if message.get("role") == "system":
            told.extend(part_text(part) for part in _parts(message))
        else:
            messages.append(_message(message))
    if told:
        made["system"] = "\n".join(told)
    made["messages"] = messages
    if conversation.tools:
        made["tools"] = [_tool(tool["function"]) for tool in chat_tools(conversation.tools)]
    made.update(parameters(operation))
    return made


def _response(operation: Operation) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if operation.response_id:
        made["id"] = operation.response_id
    if operation.model:
        made["model"] = operation.model
    output = operation.conversation.output
    content = [block for message in output for block in _blocks(message)]
    failure = operation.failure
    if content or failure is None:
        made.update(type="message", role="assistant", content=content)
    if operation.finish_reasons:
        reason = operation.finish_reasons[0]
        made["stop_reason"] = _STOP_REASONS.get(reason, reason)
    counted = _usage(operation.usage)
    if counted:
        made["usage"] = counted
    if failure is not None and not (content and is_cancelled(failure)):
        made["error"] = error(failure)
    return made


def _usage(tokens: Usage) -> dict[str, int]:
    """Return tokens as Anthropic counts them: the input without what a cache read or wrote."""
    read, written = tokens.cache_read_tokens, tokens.cache_write_tokens
    counts = {
        "input_tokens": tokens.input_tokens,
        "output_tokens": tokens.output_tokens,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
    }
    made = {name: count for name, count in counts.items() if count is not None}
    if "input_tokens" in made:
        made["input_tokens"] = max(0, made["input_tokens"] - (read or 0) - (written or 0))
    return made


def _tool(function: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(function)
    made["input_schema"] = made.pop("parameters", None) or {"type": "object"}
    return made


def _parts(message: Message) -> Iterable[Any]:
    parts = message.get("parts")
    if isinstance(parts, (list, tuple)):
        return parts
    content = message.get("content")
    return content if isinstance(content, (list, tuple)) else [{"type": "text", "content": content}]


def _message(message: Message) -> dict[str, Any]:
    role = "assistant" if message.get("role") == "assistant" else "user"
    return {"role": role, "content": _blocks(message)}


def _blocks(message: Message) -> list[dict[str, Any]]:
    return [_block(part) for part in _parts(message)]


def _block(part: Any) -> dict[str, Any]:
    kind = type_of(part)
    if kind == "tool_call":
        arguments = parsed(part.get("arguments"))
        return {
            "type": "tool_use",
            "id": str(part.get("id") or ""),
            "name": str(part.get("name") or ""),
            "input": arguments if isinstance(arguments, Mapping) else {"input": arguments},
        }
    if kind == "tool_call_response":
        return {
            "type": "tool_result",
            "tool_use_id": str(part.get("id") or ""),
            "content": as_json(tool_response(part)),
        }
    if kind == "reasoning":
        return {"type": "thinking", "thinking": part_text(part)}
    url = image_url(kind, part)
    if url:
        return {"type": "image_url", "image_url": {"url": url}}
    if kind == "text" and isinstance(part.get("text"), str):
        return {"type": "text", "text": part["text"]}
    return {"type": "text", "text": part_text(part)}
