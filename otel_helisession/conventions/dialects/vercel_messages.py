"""Messages as Vercel's AI SDK has them, versions 4 to 6, in the shape of the GenAI conventions.

https://ai-sdk.dev/docs/reference/ai-sdk-core/model-message. Values are what JSON gave;
nothing here raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.values import parsed, text
from otel_helisession.conventions.parts import Message, Part, fields, items


def asked(messages: Any) -> list[Message]:
    """Return a list of messages."""
    return [
        parts.message(text(one.get("role")) or "user", _content(one.get("content")))
        for one in items(messages)
    ]


def prompted(prompt: Any) -> list[Message]:
    """Return what an outer span was given: ``{"system", "prompt" | "messages"}``, or text."""
    if not isinstance(prompt, dict):
        return [parts.message("user", parts.text(prompt))] if text(prompt) else []
    made = []
    if text(prompt.get("system")):
        made.append(parts.message("system", parts.text(prompt["system"])))
    if text(prompt.get("prompt")):
        made.append(parts.message("user", parts.text(prompt["prompt"])))
    return [*made, *asked(prompt.get("messages") or prompt.get("prompt"))]


def answered(
    words: str | None, calls: Any, thoughts: str | None, reasons: Sequence[str]
) -> list[Message]:
    """Return one message of an answer's text, tool calls and reasoning; none of nothing."""
    made = [*parts.reasoning(thoughts), *parts.text(words), *(_call(one) for one in items(calls))]
    if not made:
        return []
    return [parts.message("assistant", made, finish_reason=reasons[0] if reasons else None)]


def embedded(values: Any) -> list[Message]:
    """Return a message for each text to embed; each is JSON text in itself."""
    given = values if isinstance(values, (list, tuple)) else [values]
    said = (parsed(one) for one in given)
    return [parts.message("user", parts.text(one)) for one in said if isinstance(one, str)]


def tools(offered: Any) -> list[dict[str, Any]]:
    """Return definitions of tools; each is JSON text in itself."""
    given = offered if isinstance(offered, (list, tuple)) else ()
    return [
        parts.function(
            tool.get("name"),
            tool.get("description"),
            tool.get("inputSchema", tool.get("parameters")),
        )
        for tool in (fields(parsed(one)) for one in given)
        if tool
    ]


def _content(content: Any) -> list[Part]:
    if isinstance(content, str):
        return parts.text(content)
    return parts.flat(_part(block) for block in items(content))


def _part(block: dict[str, Any]) -> list[Part]:
    kind = block.get("type")
    if kind == "text":
        return parts.text(block.get("text"))
    if kind == "reasoning":
        return parts.reasoning(block.get("text"))
    if kind == "tool-call":
        return [_call(block)]
    if kind == "tool-result":
        return [parts.tool_result(block.get("toolCallId"), _result(block))]
    if kind in ("image", "file"):
        return _media(block, str(kind))
    return [dict(block)] if isinstance(kind, str) else []


def _call(said: dict[str, Any]) -> Part:
    arguments = said.get("input", said.get("args"))
    return parts.tool_call(said.get("toolCallId"), said.get("toolName"), arguments)


def _result(block: dict[str, Any]) -> Any:
    """Return a tool's result; since version 5 it says of what type it is."""
    output = block.get("output")
    if isinstance(output, dict) and "value" in output:
        return output["value"]
    return block.get("result", output)


def _media(block: dict[str, Any], kind: str) -> list[Part]:
    mime = text(block.get("mediaType")) or text(block.get("mimeType"))
    modality = (mime or kind).partition("/")[0]
    data = block.get("image", block.get("data"))
    if isinstance(data, str) and data.startswith(("http://", "https://", "data:")):
        return parts.media(data, modality)
    made = parts.blob(mime, modality, data)
    return made or [{"type": "data", "content": dict(block)}]
