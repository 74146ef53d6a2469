"""The GenAI semantic conventions: https://github.com/open-telemetry/semantic-conventions-genai."""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.operation import (
    Conversation,
    Kind,
    Operation,
    ToolCall,
    Usage,
    VectorQuery,
)
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable
from otel_helisession.conventions.values import Attributes, text

NAME: Final = "genai"
FAMILIES: Final = frozenset({"gen_ai"})

_LLM: Final = frozenset({"chat", "generate_content", "text_completion", "embeddings", "response"})
_VECTOR: Final = frozenset(
    {
        "retrieval",
        "search_memory",
        "create_memory",
        "update_memory",
        "upsert_memory",
        "delete_memory",
    }
)
_PARAMETERS: Final = {
    semconv.REQUEST_TEMPERATURE: "temperature",
    semconv.REQUEST_TOP_P: "top_p",
    semconv.REQUEST_TOP_K: "top_k",
    semconv.REQUEST_MAX_TOKENS: "max_tokens",
    semconv.REQUEST_SEED: "seed",
    semconv.REQUEST_FREQUENCY_PENALTY: "frequency_penalty",
    semconv.REQUEST_PRESENCE_PENALTY: "presence_penalty",
    semconv.REQUEST_STOP: "stop",
}


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is, in a microsecond; None when it does not speak this convention."""
    operation = attributes.get(semconv.OPERATION_NAME)
    if operation is None:
        return None
    if operation in _LLM:
        return "llm"
    if operation == "execute_tool":
        return "tool"
    return "vector_db" if operation in _VECTOR else "structure"


def segment(name: str, attributes: Attributes) -> str:
    """Return what a span of this convention adds to the path: the function of a unit of work."""
    operation = attributes.get(semconv.OPERATION_NAME)
    if operation == "execute_tool":
        named = text(attributes.get(semconv.TOOL_NAME))
    elif operation == "invoke_agent":
        named = text(attributes.get(semconv.AGENT_NAME))
    elif operation == "invoke_workflow":
        named = text(attributes.get(semconv.WORKFLOW_NAME))
    elif operation in _VECTOR:
        named = text(attributes.get(semconv.DATA_SOURCE_ID)) or str(operation)
    else:
        return ""
    return stable(named or name.removeprefix(f"{operation} "))


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it does not speak this convention."""
    found = kind(said.attributes)
    if found is None:
        return None
    seconds = said.decimal(semconv.TIME_TO_FIRST_CHUNK)
    return Operation(
        kind=found,
        convention=NAME,
        name=said.text(semconv.OPERATION_NAME) or "",
        segment=segment(span.name, said.attributes),
        provider=said.text(semconv.PROVIDER_NAME, semconv.SYSTEM),
        request_model=said.text(semconv.REQUEST_MODEL),
        response_model=said.text(semconv.RESPONSE_MODEL),
        response_id=said.text(semconv.RESPONSE_ID),
        finish_reasons=said.texts(semconv.FINISH_REASONS),
        streaming=said.flag(semconv.REQUEST_STREAM),
        time_to_first_token_ms=None if seconds is None or seconds < 0 else seconds * 1_000,
        usage=_usage(said),
        conversation=Conversation(
            input=said.mappings(semconv.INPUT_MESSAGES),
            output=said.mappings(semconv.OUTPUT_MESSAGES),
            instructions=said.mappings(semconv.SYSTEM_INSTRUCTIONS),
            tools=said.mappings(semconv.TOOL_DEFINITIONS),
        ),
        parameters={
            short: said.attributes[key]
            for key, short in _PARAMETERS.items()
            if key in said.attributes
        },
        tool=_tool(said, span.name) if found == "tool" else None,
        vector=_vector(said) if found == "vector_db" else None,
    )


def _usage(said: Reading) -> Usage:
    return Usage(
        input_tokens=said.integer(semconv.INPUT_TOKENS),
        output_tokens=said.integer(semconv.OUTPUT_TOKENS),
        cache_read_tokens=said.integer(semconv.CACHE_READ_TOKENS),
        cache_write_tokens=said.integer(semconv.CACHE_WRITE_TOKENS, semconv.CACHE_CREATION_TOKENS),
        reasoning_tokens=said.integer(semconv.REASONING_TOKENS),
        cost_usd=said.decimal(semconv.USAGE_COST),
    )


def _tool(said: Reading, span_name: str) -> ToolCall:
    return ToolCall(
        name=said.text(semconv.TOOL_NAME) or span_name.removeprefix("execute_tool "),
        call_id=said.text(semconv.TOOL_CALL_ID),
        arguments=said.json(semconv.TOOL_ARGUMENTS),
        result=said.json(semconv.TOOL_RESULT),
    )


def _vector(said: Reading) -> VectorQuery:
    return VectorQuery(
        operation=said.text(semconv.DB_OPERATION_NAME) or "search",
        database=said.text(semconv.DB_SYSTEM_NAME),
        collection=said.text(semconv.DB_COLLECTION_NAME, semconv.DATA_SOURCE_ID),
        query=said.text(semconv.RETRIEVAL_QUERY),
        top_k=said.integer(semconv.RETRIEVAL_TOP_K),
        filter=said.json(semconv.VECTOR_FILTER),
        matches=said.mappings(semconv.RETRIEVAL_DOCUMENTS)
        if said.has(semconv.RETRIEVAL_DOCUMENTS)
        else None,
    )
