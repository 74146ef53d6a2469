"""Parts of messages in the shape of the GenAI conventions, and messages made of them.

https://github.com/open-telemetry/semantic-conventions-genai, gen-ai-input-messages.json.
Values are what JSON gave: nothing here trusts a type, and nothing raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from otel_helisession.conventions.attributes.values import parsed

Part = dict[str, Any]
Message = dict[str, Any]


def items(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a JSON array; empty for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def fields(value: Any) -> dict[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def text(content: Any) -> list[Part]:
    """Return *content* as a text part; none when it is empty or no text."""
    return [{"type": "text", "content": content}] if isinstance(content, str) and content else []


def reasoning(content: Any) -> list[Part]:
    """Return *content* as a reasoning part; none when it is empty or no text."""
    if isinstance(content, str) and content:
        return [{"type": "reasoning", "content": content}]
    return []


def tool_call(identifier: Any, name: Any, arguments: Any) -> Part:
    """Return a tool call; *arguments* may be JSON text, also cut JSON text, or a value."""
    return {
        "type": "tool_call",
        "id": identifier,
        "name": name,
        "arguments": parsed(arguments) if arguments != "" else None,
    }


def tool_result(identifier: Any, response: Any) -> Part:
    """Return what a tool answered."""
    return {"type": "tool_call_response", "id": identifier, "response": response}


def media(url: Any, modality: str) -> list[Part]:
    """Return what *url* points at: a blob for a ``data:`` URL, else a URI."""
    if not isinstance(url, str) or not url:
        return []
    if not url.startswith("data:"):
        return [{"type": "uri", "mime_type": None, "modality": modality, "uri": url}]
    head, _, data = url[len("data:") :].partition(",")
    return blob(head.partition(";")[0] or None, modality, data)


def blob(mime_type: Any, modality: str, base64: Any) -> list[Part]:
    """Return inline bytes, base64 as they came."""
    if not isinstance(base64, str):
        return []
    return [{"type": "blob", "mime_type": mime_type, "modality": modality, "content": base64}]


def file(identifier: Any, modality: str) -> list[Part]:
    """Return a file that the provider holds."""
    if not isinstance(identifier, str):
        return []
    return [{"type": "file", "mime_type": None, "modality": modality, "file_id": identifier}]


def message(role: Any, parts: Sequence[Part], **more: Any) -> Message:
    """Return a message; *more* entries that are None are left out."""
    named = {name: value for name, value in more.items() if value is not None}
    return {"role": str(role or ""), "parts": list(parts), **named}


def function(name: Any, description: Any, parameters: Any) -> dict[str, Any]:
    """Return the definition of a function that a model may call."""
    return {
        "type": "function",
        "name": name,
        "description": description,
        "parameters": parameters,
    }


def flat(parts: Iterable[list[Part]]) -> list[Part]:
    """Return several lists of parts as one."""
    return [part for some in parts for part in some]
