"""OpenAI's wire format, from the server's side: chat completions and embeddings."""

from __future__ import annotations

import hashlib
import json
import math
import re
import struct
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Final

from otel_helisession.demo.script import Prompt, Reply, tokens

CREATED: Final = 1_750_000_000
"""The second at which every answer was made, so that answers are the same each time."""

DIMENSIONS: Final = 64
"""Length of an embedding, unless the request asks for another."""

_SNAPSHOTS: Final = {
    "gpt-5.4-mini": "gpt-5.4-mini-2026-03-17",
    "gpt-5.4-nano": "gpt-5.4-nano-2026-03-17",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
}


def prompt(body: Mapping[str, Any]) -> Prompt:
    """Return what the body of a chat request asks."""
    messages = body.get("messages") or []
    texts = [(message.get("role"), _text(message.get("content"))) for message in messages]
    return Prompt(
        model=str(body.get("model", "")),
        text="\n".join(text for _, text in texts),
        question=next((text for role, text in reversed(texts) if role == "user"), ""),
        tools={
            tool["function"]["name"]: tool["function"].get("parameters", {})
            for tool in body.get("tools") or []
            if "function" in tool
        },
        answers_tools=bool(texts) and texts[-1][0] == "tool",
    )


def completion(body: Mapping[str, Any], reply: Reply, key: str) -> dict[str, Any]:
    """Return the answer to a chat request that does not stream."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or None, "refusal": None}
    if reply.tool_calls:
        message["tool_calls"] = _tool_calls(reply, key)
    return {
        **_head(body, "chat.completion", key),
        "choices": [
            {"index": 0, "message": message, "finish_reason": _finish(reply), "logprobs": None}
        ],
        "usage": _usage(body, reply),
    }


def chunks(body: Mapping[str, Any], reply: Reply, key: str) -> Iterator[str]:
    """Yield the data of each server-sent event that answers a streaming chat request."""
    head = _head(body, "chat.completion.chunk", key)
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in re.findall(r"\S+\s*|\s+", reply.text)]
    deltas += [{"tool_calls": [call]} for call in _tool_calls(reply, key, streamed=True)]
    for delta in deltas:
        yield json.dumps({**head, "choices": [_choice(delta, None)]})
    yield json.dumps({**head, "choices": [_choice({}, _finish(reply))]})
    if (body.get("stream_options") or {}).get("include_usage"):
        yield json.dumps({**head, "choices": [], "usage": _usage(body, reply)})
    yield "[DONE]"


def embeddings(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to a request for embeddings: texts that share words are near."""
    given = body.get("input", "")
    inputs = given if isinstance(given, list) else [given]
    vectors = [vector(str(text), int(body.get("dimensions") or DIMENSIONS)) for text in inputs]
    used = sum(tokens(str(text)) for text in inputs)
    packed = body.get("encoding_format") == "base64"
    return {
        "object": "list",
        "model": body.get("model", ""),
        "data": [
            {"object": "embedding", "index": index, "embedding": _packed(v) if packed else v}
            for index, v in enumerate(vectors)
        ],
        "usage": {"prompt_tokens": used, "total_tokens": used},
    }


def vector(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """Return a unit vector for *text*: its words, hashed into *dimensions* buckets."""
    values = [1e-6] * dimensions
    for word in re.findall(r"\w{3,}", text.lower()):
        digest = hashlib.sha256(word.encode()).digest()
        values[int.from_bytes(digest[:4], "big") % dimensions] += 1.0
    length = math.sqrt(sum(value * value for value in values))
    return [value / length for value in values]


def _packed(values: list[float]) -> str:
    return b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


def _head(body: Mapping[str, Any], kind: str, key: str) -> dict[str, Any]:
    model = str(body.get("model", ""))
    return {
        "id": f"chatcmpl-{key[:29]}",
        "object": kind,
        "created": CREATED,
        "model": _SNAPSHOTS.get(model, model),
        "service_tier": "default",
        "system_fingerprint": "fp_scripted",
    }


def _choice(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}


def _tool_calls(reply: Reply, key: str, *, streamed: bool = False) -> list[dict[str, Any]]:
    calls = []
    for index, (name, arguments) in enumerate(reply.tool_calls):
        call: dict[str, Any] = {
            "id": f"call_{key[index : index + 24]}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)},
        }
        calls.append({"index": index, **call} if streamed else call)
    return calls


def _finish(reply: Reply) -> str:
    return "tool_calls" if reply.tool_calls else "stop"


def _usage(body: Mapping[str, Any], reply: Reply) -> dict[str, Any]:
    read = tokens(json.dumps([body.get("messages"), body.get("tools")], ensure_ascii=False))
    return {
        "prompt_tokens": read,
        "completion_tokens": reply.tokens,
        "total_tokens": read + reply.tokens,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
