"""Spans with ``gen_ai.*`` that name no operation: the conventions' first years, and home-made ones.

Also the last to be asked about an operation that nobody knows the name of. A span is taken
for a call of a model only when it names a model and shows that the model was asked: its
tokens, or what was said. A model's name alone stands on spans of agents, too.
"""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.dialects import genai, traceloop
from otel_helisession.conventions.dialects.genai_call import call
from otel_helisession.conventions.operation import Kind, Operation
from otel_helisession.conventions.reading import Reading

NAME: Final = "genai_legacy"
FAMILIES: Final = frozenset({"gen_ai"})

_EVIDENCE: Final = (
    "gen_ai.usage.",
    "gen_ai.prompt",
    "gen_ai.completion",
    semconv.INPUT_MESSAGES,
    semconv.OUTPUT_MESSAGES,
    "gen_ai.response.",
)
_WORKERS: Final = (semconv.AGENT_NAME, semconv.WORKFLOW_NAME)
"""Units of work repeat the usage of the calls within them."""

_LLM: Final = frozenset(
    {"model_request", "image", "audio", "speech_to_text", "text_to_speech", "translate"}
)
"""Operations in other libraries' words, where their own reader has not spoken before."""

CONTENT: Final = Content()


def kind(attributes: Attributes) -> Kind | None:
    """Return ``llm`` for a call of a model; None for anything else."""
    operation = text(attributes.get(semconv.OPERATION_NAME))
    if operation is not None:
        return "llm" if operation in _LLM else None
    if semconv.REQUEST_MODEL not in attributes and semconv.RESPONSE_MODEL not in attributes:
        return None
    if semconv.SYSTEM not in attributes and semconv.PROVIDER_NAME not in attributes:
        return None
    if any(name in attributes for name in _WORKERS) or traceloop.kind(attributes) is not None:
        return None
    return "llm" if any(name.startswith(_EVIDENCE) for name in attributes) else None


def segment(name: str, attributes: Attributes) -> str:
    """Return nothing: calls of models add no segment, and what is unknown is no unit of work."""
    return ""


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it is no call of a model, and no unknown operation,
    or when a convention before has read it all.

    The latter is structure, because nothing shows that it is a request.
    """
    if said.called:
        return None
    found = kind(said.attributes)
    name = said.text(semconv.OPERATION_NAME) or ""
    if found is None and (not name or genai.kind(said.attributes) is not None):
        return None
    return call(span, said, kind=found or "structure", convention=NAME, name=name)
