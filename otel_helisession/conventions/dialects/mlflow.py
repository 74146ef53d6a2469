"""MLflow Tracing: https://mlflow.org/docs/latest/genai/tracing/. Every value is JSON text, also
single words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions.attributes.first_token import first_event_ms
from otel_helisession.conventions.attributes.provider import provider
from otel_helisession.conventions.attributes.tokens import usage
from otel_helisession.conventions.attributes.values import Attributes, decimal, parsed, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.conversation import function_call, payload
from otel_helisession.conventions.operation import Kind, Operation, ToolCall, Usage, VectorQuery
from otel_helisession.conventions.parts import fields
from otel_helisession.conventions.plumbing import unit
from otel_helisession.conventions.reading import Reading

NAME: Final = "mlflow"
FAMILIES: Final = frozenset({"mlflow"})

_TYPE: Final = "mlflow.spanType"
_INPUTS: Final = "mlflow.spanInputs"
_OUTPUTS: Final = "mlflow.spanOutputs"
_TOKENS: Final = "mlflow.chat.tokenUsage"
_TOOLS: Final = "mlflow.chat.tools"
_COST: Final = "mlflow.llm.cost"
_MODEL: Final = "mlflow.llm.model"
_PROVIDER: Final = "mlflow.llm.provider"
_FORMAT: Final = "mlflow.message.format"
_FIRST_CHUNK: Final = frozenset({"mlflow.chunk.item.0"})

_KINDS: Final[dict[str, Kind]] = {
    "LLM": "llm",
    "CHAT_MODEL": "llm",
    "EMBEDDING": "llm",
    "TOOL": "tool",
    "RETRIEVER": "vector_db",
    "RERANKER": "vector_db",
}
_NOBODYS: Final = frozenset({"", "UNKNOWN"})
"""MLflow writes a type on every span of its provider, also on those that it has not made."""
_OPERATIONS: Final = {
    "LLM": "chat",
    "CHAT_MODEL": "chat",
    "EMBEDDING": "embeddings",
    "TOOL": "execute_tool",
}

CONTENT: Final = Content(
    names=frozenset({_INPUTS, _OUTPUTS, _TOOLS}),
    plain=frozenset({_TOKENS, _COST}),
    events=("mlflow.chunk.",),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; types that users make up are structure. None for unknown ones."""
    word = _word(attributes)
    return None if word in _NOBODYS else _KINDS.get(word, "structure")


def segment(name: str, attributes: Attributes) -> str:
    """Return the span's name without the counter that MLflow adds to a repeated one."""
    return "" if kind(attributes) in ("llm", None) else unit(name)


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when MLflow does not know it either."""
    found = kind(said.attributes)
    if found is None:
        return None
    word = _word(said.attributes)
    operation = Operation(
        kind=found,
        convention=NAME,
        name=_OPERATIONS.get(word, word.lower()),
        segment=segment(span.name, said.attributes),
    )
    if found == "structure":
        return operation
    given, got = said.structure(_INPUTS), said.structure(_OUTPUTS)
    if found == "tool":
        name = segment(span.name, said.attributes) or span.name
        result = function_call.result(got)
        arguments = function_call.arguments(given)
        return replace(operation, tool=ToolCall(name=name, arguments=arguments, result=result))
    if found == "vector_db":
        query = VectorQuery(
            operation="rerank" if word == "RERANKER" else "search",
            query=function_call.query(given),
            matches=function_call.documents(got),
        )
        return replace(operation, vector=query)
    return _llm(operation, span, said, given, got)


def _word(attributes: Attributes) -> str:
    said = attributes.get(_TYPE)
    return "" if not isinstance(said, str) or said == "null" else said.strip('"').upper()


def _llm(
    operation: Operation, span: ReadableSpan, said: Reading, given: Any, got: Any
) -> Operation:
    asked = payload.asked(given)
    embeds = operation.name == "embeddings"
    answered = payload.answered({} if embeds else got)
    conversation = payload.conversation(asked, answered)
    if not conversation.tools:
        tools = payload.asked({"tools": said.structure(_TOOLS)}).tools
        conversation = replace(conversation, tools=tools)
    named = text(parsed(said.text(_MODEL)))
    first = first_event_ms(span, _FIRST_CHUNK)
    return replace(
        operation,
        provider=provider(parsed(said.text(_PROVIDER)), parsed(said.text(_FORMAT))),
        request_model=asked.model or named,
        response_model=answered.model or named,
        response_id=answered.id,
        finish_reasons=answered.finish_reasons,
        service_tier=answered.service_tier,
        streaming=asked.streaming if first is None else True,
        time_to_first_token_ms=first,
        usage=_usage(said, usage(fields(got).get("usage")) if embeds else answered.usage),
        conversation=conversation,
        parameters=asked.parameters or None,
    )


def _usage(said: Reading, own: Usage) -> Usage:
    """Return tokens and cost; reasoning, which MLflow leaves out, is in the answer's own usage."""
    counted = usage(said.structure(_TOKENS))
    if counted == Usage():
        counted = own
    cost = decimal(fields(said.structure(_COST)).get("total_cost"))
    return replace(counted, reasoning_tokens=own.reasoning_tokens, cost_usd=cost)
