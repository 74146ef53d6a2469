"""LangSmith's runs as spans: ``LANGSMITH_OTEL_ENABLED=true``.

Beside its own attributes it writes those of the GenAI conventions, of which one is not to be
believed: ``gen_ai.operation.name`` is ``embeddings`` for a retriever and ``chat`` for a prompt
template. So this module speaks before :mod:`.genai`, which fills in what it does not say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions import parts
from otel_helisession.conventions.attributes.parameters import parameters
from otel_helisession.conventions.attributes.provider import provider
from otel_helisession.conventions.attributes.tokens import usage
from otel_helisession.conventions.attributes.values import Attributes
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.conversation import function_call, messages, payload
from otel_helisession.conventions.operation import Kind, Operation, ToolCall, Usage, VectorQuery
from otel_helisession.conventions.plumbing import unit
from otel_helisession.conventions.reading import Reading

NAME: Final = "langsmith"
FAMILIES: Final = frozenset({"langsmith"})

_KIND: Final = "langsmith.span.kind"
_STREAMING: Final = "langsmith.request.streaming"
_USAGE: Final = "langsmith.metadata.usage_metadata"
_PROVIDER: Final = "langsmith.metadata.ls_provider"
_MODEL: Final = "langsmith.metadata.ls_model_name"
_STORE: Final = "langsmith.metadata.ls_vector_store_provider"
_INPUTS: Final = "gen_ai.prompt"
_OUTPUTS: Final = "gen_ai.completion"

_KINDS: Final[dict[str, Kind]] = {
    "llm": "llm",
    "embedding": "llm",
    "tool": "tool",
    "retriever": "vector_db",
    "chain": "structure",
    "prompt": "structure",
    "parser": "structure",
}
_OPERATIONS: Final = {"llm": "chat", "embedding": "embeddings", "tool": "execute_tool"}
_SILENT: Final = frozenset({"llm", "embedding", "prompt", "parser"})

CONTENT: Final = Content(
    parameters=frozenset({"langsmith.metadata.ls_invocation_params"}), plain=frozenset({_USAGE})
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the run is; None for a span that only carries LangSmith's metadata."""
    return _KINDS.get(_word(attributes))


def segment(name: str, attributes: Attributes) -> str:
    """Return the run's name: the decorated function's, or the one that was given."""
    return "" if _word(attributes) in _SILENT else unit(name)


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it is no run."""
    word = _word(said.attributes)
    found = _KINDS.get(word)
    if found is None:
        return None
    operation = Operation(
        kind=found,
        convention=NAME,
        name=_OPERATIONS.get(word, word),
        segment=segment(span.name, said.attributes),
    )
    if found == "structure":
        return operation
    given, got = said.structure(_INPUTS), said.structure(_OUTPUTS)
    if found == "tool":
        called = ToolCall(
            name=said.text(semconv.TOOL_NAME) or span.name,
            call_id=said.text(semconv.TOOL_CALL_ID),
            arguments=function_call.arguments(given),
            result=function_call.result(got),
        )
        return replace(operation, tool=called)
    if found == "vector_db":
        query = VectorQuery(
            operation="search",
            database=said.text(_STORE),
            query=function_call.query(given),
            matches=function_call.documents(got),
        )
        return replace(operation, vector=query)
    return _llm(operation, said, given, got)


def _word(attributes: Attributes) -> str:
    said = attributes.get(_KIND)
    return said.lower() if isinstance(said, str) else ""


def _llm(operation: Operation, said: Reading, given: Any, got: Any) -> Operation:
    asked = payload.asked(given)
    answered = payload.answered({} if operation.name == "embeddings" else got)
    conversation = payload.conversation(asked, answered)
    if not conversation.tools and said.has(semconv.TOOL_DEFINITIONS):
        tools = messages.tools(said.structure(semconv.TOOL_DEFINITIONS))
        conversation = replace(conversation, tools=tools)
    if not conversation.output and said.has(_OUTPUTS):
        # A run that failed says {"output": null}, which genai would take for an answer.
        conversation = replace(conversation, output=(parts.message("assistant", []),))
    return replace(
        operation,
        provider=provider(said.text(_PROVIDER)),
        request_model=asked.model or said.text(semconv.REQUEST_MODEL, _MODEL),
        response_model=said.text(semconv.RESPONSE_MODEL) or answered.model,
        response_id=said.text(semconv.RESPONSE_ID) or answered.id,
        finish_reasons=said.texts(semconv.FINISH_REASONS) or answered.finish_reasons,
        service_tier=answered.service_tier,
        streaming=said.flag(_STREAMING),
        usage=_usage(said, answered.usage),
        conversation=conversation,
        parameters=asked.parameters or parameters(_metadata(said)) or None,
    )


def _metadata(said: Reading) -> dict[str, Any]:
    """Return the parameters that LangChain puts among a run's metadata."""
    start = "langsmith.metadata."
    return {
        name[len(start) :].removeprefix("ls_"): value
        for name, value in said.attributes.items()
        if name.startswith(start)
    }


def _usage(said: Reading, answer: Usage) -> Usage:
    counted = usage(said.structure(_USAGE))
    if counted == Usage():
        counted = answer
    if counted.input_tokens is None and counted.output_tokens is None:
        first, second = said.integer(semconv.INPUT_TOKENS), said.integer(semconv.OUTPUT_TOKENS)
        counted = replace(counted, input_tokens=first, output_tokens=second)
    return counted
