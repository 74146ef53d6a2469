"""The Model Context Protocol's spans: tool calls are tools, all else is structure.

https://github.com/open-telemetry/semantic-conventions-genai, docs/gen-ai/mcp.md, as MCP's own
SDK writes them; and OpenLLMetry's former ones. ``mcp.session.id`` names a connection, not a
session of an agent.
"""

from __future__ import annotations

from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import Attributes, parsed, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.operation import Kind, Operation, ToolCall
from otel_helisession.conventions.parts import fields
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "mcp"
FAMILIES: Final = frozenset({"mcp"})

_METHOD: Final = "mcp.method.name"
_CALL: Final = "tools/call"
_REQUEST: Final = "mcp.request.argument"
_ANSWER: Final = "mcp.response.value"

CONTENT: Final = Content(prefixes=(_REQUEST, _ANSWER))


def kind(attributes: Attributes) -> Kind | None:
    """Return ``tool`` for a tool call, ``structure`` for other messages; None for no message."""
    method = text(attributes.get(_METHOD))
    if method is None:
        return None
    return "tool" if method == _CALL else "structure"


def segment(name: str, attributes: Attributes) -> str:
    """Return the tool's name; other messages add nothing."""
    return stable(_tool(name, attributes)) if attributes.get(_METHOD) == _CALL else ""


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it is no message of the protocol."""
    found = kind(said.attributes)
    if found is None:
        return None
    tool = None
    if found == "tool":
        asked = fields(said.json(_REQUEST))
        tool = ToolCall(
            name=_tool(span.name, said.attributes),
            arguments=said.json(semconv.TOOL_ARGUMENTS, "gen_ai.tool.args")
            or _params(asked).get("arguments"),
            result=_content(said.json(semconv.TOOL_RESULT, _ANSWER)),
        )
    return Operation(
        kind=found,
        convention=NAME,
        name=said.text(_METHOD) or "",
        segment=segment(span.name, said.attributes),
        tool=tool,
    )


def _tool(span_name: str, attributes: Attributes) -> str:
    """Return the tool's name: said, the target in the span's name, or in the request."""
    named = text(attributes.get(semconv.TOOL_NAME)) or span_name.partition(f"{_CALL} ")[2] or None
    if named is None and _REQUEST in attributes:
        named = text(_params(fields(parsed(attributes[_REQUEST]))).get("name"))
    return named or _CALL.replace("/", "_")


def _params(request: dict[str, Any]) -> dict[str, Any]:
    return fields(request.get("params")) or request


def _content(result: Any) -> Any:
    """Return the text of a result that is nothing but one text; any other result whole."""
    content = result.get("content") if isinstance(result, dict) else None
    if isinstance(content, list) and len(content) == 1:
        only = fields(content[0])
        if only.get("type") == "text" and isinstance(only.get("text"), str):
            return parsed(only["text"])
    return result
