"""Anthropic's wire format, from the server's side: the Messages API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from otel_helisession.demo.script import Prompt, Reply, tokens

_SNAPSHOTS: Final = {"claude-haiku-4-5": "claude-haiku-4-5-20251001"}


def prompt(body: Mapping[str, Any]) -> Prompt:
    """Return what the body of a request asks."""
    messages = body.get("messages") or []
    said = [(message.get("role"), _text(message.get("content"))) for message in messages]
    last = messages[-1].get("content") if messages else ""
    return Prompt(
        model=str(body.get("model", "")),
        text="\n".join([_text(body.get("system")), *(text for _, text in said)]),
        question=next((text for role, text in reversed(said) if role == "user"), ""),
        tools={tool["name"]: tool.get("input_schema", {}) for tool in body.get("tools") or []},
        answers_tools=isinstance(last, list)
        and any(block.get("type") == "tool_result" for block in last),
    )


def message(body: Mapping[str, Any], reply: Reply, key: str) -> dict[str, Any]:
    """Return the answer to a request that does not stream."""
    return {
        **_head(body, key),
        "content": _blocks(reply, key),
        "stop_reason": _stop(reply),
        "usage": _usage(body, reply.tokens),
    }


def events(body: Mapping[str, Any], reply: Reply, key: str) -> Iterator[dict[str, Any]]:
    """Yield the server-sent events that answer a streaming request."""
    start = {**_head(body, key), "content": [], "stop_reason": None, "usage": _usage(body, 1)}
    yield {"type": "message_start", "message": start}
    for index, block in enumerate(_blocks(reply, key)):
        yield from _block_events(index, block)
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": _stop(reply), "stop_sequence": None},
        "usage": {"output_tokens": reply.tokens},
    }
    yield {"type": "message_stop"}


def _block_events(index: int, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if block["type"] == "text":
        opened: dict[str, Any] = {"type": "text", "text": ""}
        deltas = [
            {"type": "text_delta", "text": piece}
            for piece in re.findall(r"\S+\s*|\s+", block["text"])
        ]
    else:
        opened = {**block, "input": {}}
        partial = json.dumps(block["input"], ensure_ascii=False)
        deltas = [{"type": "input_json_delta", "partial_json": partial}]
    yield {"type": "content_block_start", "index": index, "content_block": opened}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _head(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    model = str(body.get("model", ""))
    return {
        "id": f"msg_{key[:24]}",
        "type": "message",
        "role": "assistant",
        "model": _SNAPSHOTS.get(model, model),
        "stop_sequence": None,
    }


def _blocks(reply: Reply, key: str) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = [{"type": "text", "text": reply.text}] if reply.text else []
    for index, (name, arguments) in enumerate(reply.tool_calls):
        identifier = f"toolu_{key[index : index + 24]}"
        blocks.append({"type": "tool_use", "id": identifier, "name": name, "input": arguments})
    return blocks


def _stop(reply: Reply) -> str:
    return "tool_use" if reply.tool_calls else "end_turn"


def _usage(body: Mapping[str, Any], output: int) -> dict[str, Any]:
    asked = [body.get("system"), body.get("messages"), body.get("tools")]
    return {
        "input_tokens": tokens(json.dumps(asked, ensure_ascii=False)),
        "output_tokens": output,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "service_tier": "standard",
    }


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(
            str(block.get("text") or block.get("content") or "")
            for block in content
            if isinstance(block, dict)
        )
    return content if isinstance(content, str) else ""
