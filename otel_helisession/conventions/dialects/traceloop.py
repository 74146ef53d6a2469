"""OpenLLMetry and Traceloop: https://github.com/traceloop/openllmetry.

Workflows, tasks, agents and tools with their input and output; and calls of models as
written before the packages named ``gen_ai.operation.name``, which newer ones do and
:mod:`.genai` reads.
"""

from __future__ import annotations

from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions.attributes.values import Attributes, parsed, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.dialects import genai
from otel_helisession.conventions.dialects.genai_call import call
from otel_helisession.conventions.operation import Kind, Operation, ToolCall
from otel_helisession.conventions.plumbing import unit
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "traceloop"
FAMILIES: Final = frozenset({"traceloop", "llm"})

_KIND: Final = "traceloop.span.kind"
_ENTITY: Final = "traceloop.entity.name"
_INPUT: Final = "traceloop.entity.input"
_OUTPUT: Final = "traceloop.entity.output"
_REQUEST: Final = "llm.request.type"

_KINDS: Final[dict[str, Kind]] = {
    "workflow": "structure",
    "agent": "structure",
    "task": "structure",
    "tool": "tool",
    "session": "structure",  # an MCP client's connection
    "server": "structure",  # an MCP server's work on one message
}
_NO_WORK: Final = frozenset({"session", "server"})
_CALLS: Final = {
    "chat": "chat",
    "completion": "text_completion",
    "embedding": "embeddings",
    "rerank": "rerank",
}
"""What ``llm.request.type`` is in the GenAI conventions' word."""

CONTENT: Final = Content(
    names=frozenset({_INPUT, _OUTPUT}),
    prefixes=("llm.prompts", "llm.completions", "llm.request.functions", "traceloop.prompt."),
    plain=frozenset({"traceloop.prompt.key", "traceloop.prompt.version"}),
    events=("llm.content.",),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None when it only carries Traceloop's keys, as all spans do."""
    found = _KINDS.get(text(attributes.get(_KIND)) or "")
    if found is not None:
        return found
    return "llm" if text(attributes.get(_REQUEST)) in _CALLS else None


def segment(name: str, attributes: Attributes) -> str:
    """Return the entity's name, for units of work."""
    found = text(attributes.get(_KIND))
    if found not in _KINDS or found in _NO_WORK:
        return ""
    named = _name(name, attributes)
    return stable(named) if found == "tool" else unit(named)


def _name(span_name: str, attributes: Attributes) -> str:
    """Return what was decorated; spans are named ``{entity}.{kind}``."""
    named = text(attributes.get(_ENTITY))
    return named or span_name.removesuffix(f".{text(attributes.get(_KIND))}")


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it only carries Traceloop's keys."""
    found = kind(said.attributes)
    if found is None:
        return None
    if found == "llm":
        if genai.kind(said.attributes) is not None:
            return None  # it has read all there is
        name = _CALLS[said.attributes[_REQUEST]]
        return call(span, said, kind="llm", convention=NAME, name=name)
    tool = None
    if found == "tool":
        tool = ToolCall(
            name=_name(span.name, said.attributes),
            arguments=_arguments(said.json(_INPUT)),
            result=_result(said.json(_OUTPUT)),
        )
    return Operation(
        kind=found,
        convention=NAME,
        name=str(said.attributes[_KIND]),
        segment=segment(span.name, said.attributes),
        tool=tool,
    )


def _arguments(given: Any) -> Any:
    """Return the arguments in an entity's input, which wraps them in one way a framework.

    Decorators write ``{"args", "kwargs"}``, MCP ``{"tool_name", "arguments"}``, LangChain
    ``{"input_str", "inputs", ...}``.
    """
    if not isinstance(given, dict):
        return given
    if given.keys() == {"args", "kwargs"}:
        if not given["args"]:
            return given["kwargs"]
        return given if given["kwargs"] else given["args"]
    for name in ("arguments", "inputs", "input_str"):
        if given.get(name) is not None and given.keys() & {"tool_name", "input_str"}:
            return parsed(given[name])
    return given


def _result(given: Any) -> Any:
    """Return the result in an entity's output: JSON in JSON opened, wrappers taken off."""
    if isinstance(given, dict):
        if "output" in given and given.keys() <= {"output", "kwargs"}:
            return parsed(given["output"])
        if "result" in given and given.keys() <= {"result", "is_error"}:
            return parsed(given["result"])
    return parsed(given)
