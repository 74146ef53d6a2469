"""LiveKit Agents: https://docs.livekit.io/agents/. Its tools, and the nodes of a turn.

Calls of models are :mod:`.genai`'s. What was said is under ``lk.``, and since the keys that
may hold it are marked, under ``lk.pii.``.
"""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions.attributes.first_token import first_token_ms
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.operation import Kind, Operation, ToolCall
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "livekit"
FAMILIES: Final = frozenset({"lk"})

_TOOL: Final = "lk.function_tool.name"
_FIRST_TOKEN: Final = "lk.response.ttft"
_CHAT: Final = ("lk.chat_ctx", "lk.pii.chat_ctx")

CONTENT: Final = Content(
    names=frozenset(
        {"lk.function_tool.arguments", "lk.function_tool.output", "lk.user_transcript"}
    ),
    prefixes=(*_CHAT, "lk.pii.", "lk.response.text", "lk.instructions", "lk.input_text"),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None for turns, speech and other parts of a conversation.

    The node around a call of a model carries the chat, and is structure.
    """
    if _TOOL in attributes:
        return "tool"
    if any(name in attributes for name in _CHAT):
        return "structure"
    return "llm" if _FIRST_TOKEN in attributes else None


def segment(name: str, attributes: Attributes) -> str:
    """Return the name of a tool; all else adds nothing."""
    return stable(text(attributes.get(_TOOL)) or "")


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None for other parts of a conversation."""
    found = kind(said.attributes)
    if found is None:
        return None
    tool = None
    if found == "tool":
        tool = ToolCall(
            name=said.text(_TOOL) or "unknown",
            call_id=said.text("lk.function_tool.id"),
            arguments=said.json("lk.function_tool.arguments", "lk.pii.function_tool.arguments"),
            result=said.json("lk.function_tool.output", "lk.pii.function_tool.output"),
        )
    return Operation(
        kind=found,
        convention=NAME,
        segment=segment(span.name, said.attributes),
        time_to_first_token_ms=first_token_ms(span, said.decimal(_FIRST_TOKEN)),
        tool=tool,
    )
