"""The GenAI semantic conventions: https://github.com/open-telemetry/semantic-conventions-genai."""

from __future__ import annotations

from typing import Any, Final

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
from otel_helisession.conventions.segment import stable
from otel_helisession.conventions.values import (
    Attributes,
    decimal,
    integer,
    mappings,
    parsed,
    text,
    texts,
)

NAME: Final = "genai"

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


def read(span: ReadableSpan, attributes: Attributes) -> Operation | None:
    """Return what *span* says; None when it does not speak this convention."""
    found = kind(attributes)
    if found is None:
        return None
    seconds = decimal(attributes.get(semconv.TIME_TO_FIRST_CHUNK))
    return Operation(
        kind=found,
        convention=NAME,
        name=str(attributes.get(semconv.OPERATION_NAME)),
        segment=segment(span.name, attributes),
        provider=text(attributes.get(semconv.PROVIDER_NAME))
        or text(attributes.get(semconv.SYSTEM)),
        request_model=text(attributes.get(semconv.REQUEST_MODEL)),
        response_model=text(attributes.get(semconv.RESPONSE_MODEL)),
        response_id=text(attributes.get(semconv.RESPONSE_ID)),
        finish_reasons=texts(attributes.get(semconv.FINISH_REASONS)),
        streaming=_flag(attributes.get(semconv.REQUEST_STREAM)),
        time_to_first_token_ms=None if seconds is None or seconds < 0 else seconds * 1_000,
        usage=_usage(attributes),
        conversation=Conversation(
            input=mappings(attributes.get(semconv.INPUT_MESSAGES)),
            output=mappings(attributes.get(semconv.OUTPUT_MESSAGES)),
            instructions=mappings(attributes.get(semconv.SYSTEM_INSTRUCTIONS)),
            tools=mappings(attributes.get(semconv.TOOL_DEFINITIONS)),
        ),
        parameters={
            short: attributes[key] for key, short in _PARAMETERS.items() if key in attributes
        },
        tool=_tool(attributes, span.name) if found == "tool" else None,
        vector=_vector(attributes) if found == "vector_db" else None,
    )


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _usage(attributes: Attributes) -> Usage:
    return Usage(
        input_tokens=integer(attributes.get(semconv.INPUT_TOKENS)),
        output_tokens=integer(attributes.get(semconv.OUTPUT_TOKENS)),
        cache_read_tokens=integer(attributes.get(semconv.CACHE_READ_TOKENS)),
        cache_write_tokens=integer(
            attributes.get(semconv.CACHE_WRITE_TOKENS)
            or attributes.get(semconv.CACHE_CREATION_TOKENS)
        ),
        reasoning_tokens=integer(attributes.get(semconv.REASONING_TOKENS)),
        cost_usd=decimal(attributes.get(semconv.USAGE_COST)),
    )


def _tool(attributes: Attributes, span_name: str) -> ToolCall:
    return ToolCall(
        name=text(attributes.get(semconv.TOOL_NAME)) or span_name.removeprefix("execute_tool "),
        call_id=text(attributes.get(semconv.TOOL_CALL_ID)),
        arguments=parsed(attributes.get(semconv.TOOL_ARGUMENTS)),
        result=parsed(attributes.get(semconv.TOOL_RESULT)),
    )


def _vector(attributes: Attributes) -> VectorQuery:
    documents = attributes.get(semconv.RETRIEVAL_DOCUMENTS)
    operation = text(attributes.get(semconv.DB_OPERATION_NAME))
    return VectorQuery(
        operation=operation or "search",
        database=text(attributes.get(semconv.DB_SYSTEM_NAME)),
        collection=text(attributes.get(semconv.DB_COLLECTION_NAME))
        or text(attributes.get(semconv.DATA_SOURCE_ID)),
        query=text(attributes.get(semconv.RETRIEVAL_QUERY)),
        top_k=integer(attributes.get(semconv.RETRIEVAL_TOP_K)),
        filter=parsed(attributes.get(semconv.VECTOR_FILTER)),
        matches=None if documents is None else mappings(documents),
    )
