"""Laminar: https://docs.lmnr.ai.

``lmnr.span.type`` says what a span is, ``lmnr.span.input`` and ``lmnr.span.output`` what went
in and out; calls of models have ``gen_ai.*`` besides.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions.attributes.values import Attributes
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.conversation.messages import messages
from otel_helisession.conventions.dialects.genai_call import call
from otel_helisession.conventions.operation import Kind, Operation, ToolCall
from otel_helisession.conventions.plumbing import unit
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "laminar"
FAMILIES: Final = frozenset({"lmnr"})

_TYPE: Final = "lmnr.span.type"
_INPUT: Final = "lmnr.span.input"
_OUTPUT: Final = "lmnr.span.output"

_KINDS: Final[dict[str, Kind]] = {
    "LLM": "llm",
    "CACHED": "llm",
    "TOOL": "tool",
    "DEFAULT": "structure",
    "PIPELINE": "structure",
    "EVALUATION": "structure",
    "EVALUATOR": "structure",
    "HUMAN_EVALUATOR": "structure",
    "EXECUTOR": "structure",
}

CONTENT: Final = Content(names=frozenset({_INPUT, _OUTPUT}))


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None when Laminar does not say."""
    found = attributes.get(_TYPE)
    return _KINDS.get(found) if isinstance(found, str) else None


def segment(name: str, attributes: Attributes) -> str:
    """Return the name of a function or a tool; calls of models add nothing."""
    found = kind(attributes)
    if found == "tool":
        return stable(name)
    return unit(name) if found == "structure" else ""


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when Laminar does not say what it is."""
    found = kind(said.attributes)
    if found is None:
        return None
    tool = None
    if found == "tool":
        tool = ToolCall(name=span.name, arguments=said.json(_INPUT), result=said.json(_OUTPUT))
    name = span.name.rpartition(".")[2] if found == "llm" else ""
    made = call(
        span,
        said,
        kind=found,
        convention=NAME,
        name="embeddings" if name == "embeddings" else "chat" if name else "",
        segment=segment(span.name, said.attributes),
        tool=tool,
    )
    return _with_content(made, said) if found == "llm" else made


def _with_content(made: Operation, said: Reading) -> Operation:
    """Return *made* with what an observed function was given and returned, if it says no more."""
    talk = made.conversation
    if not talk.input:
        talk = replace(talk, input=tuple(messages(said.json(_INPUT), "user")))
    if not talk.output:
        talk = replace(talk, output=tuple(messages(said.json(_OUTPUT), "assistant")))
    return replace(made, conversation=talk)
