"""The GenAI semantic conventions, today's names and those they have replaced.

https://github.com/open-telemetry/semantic-conventions-genai. Spans with a
``gen_ai.operation.name``; those without one are :mod:`.genai_legacy`'s.
"""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.dialects.genai_call import call
from otel_helisession.conventions.operation import Kind, Operation, ToolCall, VectorQuery
from otel_helisession.conventions.plumbing import unit, worker
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "genai"
FAMILIES: Final = frozenset({"gen_ai"})

_KINDS: Final[dict[str, Kind]] = {
    "chat": "llm",
    "generate_content": "llm",
    "text_completion": "llm",
    "embeddings": "llm",
    "response": "llm",  # pydantic-ai's word
    "llm_request": "llm",  # OpenLLMetry's
    "llm_call": "llm",  # Gemini CLI's, as the next but one
    "execute_tool": "tool",
    "tool_call": "tool",
    "retrieval": "vector_db",
    "vector_db_retrieve": "vector_db",  # OpenLLMetry's
    "search_memory": "vector_db",
    "create_memory": "vector_db",
    "update_memory": "vector_db",
    "upsert_memory": "vector_db",
    "delete_memory": "vector_db",
    "create_memory_store": "vector_db",
    "delete_memory_store": "vector_db",
    "create_agent": "structure",
    "invoke_agent": "structure",
    "agent_call": "structure",
    "invoke_workflow": "structure",
    "execute_task": "structure",  # OpenLLMetry's
    "plan": "structure",
    "fetch_response": "structure",  # it asks for what another call has generated
}
"""What the operations are. Words that are not here are left to other conventions."""

_NAMED_BY: Final = {
    "execute_tool": (semconv.TOOL_NAME,),
    "tool_call": (semconv.TOOL_NAME,),
    "invoke_agent": (semconv.AGENT_NAME, "crewai.crew.name"),
    "agent_call": (semconv.AGENT_NAME,),
    "invoke_workflow": (semconv.WORKFLOW_NAME,),
    "execute_task": ("gen_ai.task.name", "traceloop.entity.name"),
}
"""Where a unit of work has its name."""

_TRACELOOP_KIND: Final = "traceloop.span.kind"

_MEMORY_QUERY: Final = "gen_ai.memory.query.text"
_MEMORY_STORE: Final = "gen_ai.memory.store.id"
_MEMORY_RECORDS: Final = "gen_ai.memory.records"
_FOUND: Final = (semconv.RETRIEVAL_DOCUMENTS, _MEMORY_RECORDS)
_SEARCHES: Final = frozenset({"retrieval", "vector_db_retrieve", "search_memory"})
_VERBS: Final = {"create_memory": "insert", "update_memory": "update", "delete_memory": "delete"}

CONTENT: Final = Content(
    names=frozenset(
        {
            *(semconv.INPUT_MESSAGES, semconv.OUTPUT_MESSAGES, semconv.SYSTEM_INSTRUCTIONS),
            *(semconv.TOOL_DEFINITIONS, semconv.TOOL_ARGUMENTS, semconv.TOOL_RESULT),
            *(semconv.RETRIEVAL_QUERY, semconv.RETRIEVAL_DOCUMENTS, "gen_ai.retrieval.query"),
            *("gen_ai.memory.query.text", "gen_ai.memory.records", "gen_ai.event.content"),
            *("gen_ai.tool.input", "gen_ai.tool.args", "gen_ai.tool.output"),
            *("gen_ai.tool.json_schema", "gen_ai.tool.description", "gen_ai.agent.description"),
            *("gen_ai.task.input", "gen_ai.task.output", "gen_ai.evaluation.explanation"),
        }
    ),
    prefixes=("gen_ai.prompt", "gen_ai.completion", "gen_ai.content."),
    plain=frozenset(
        {
            "gen_ai.prompt.name",
            "gen_ai.prompt.version",
            "gen_ai.output.type",
            semconv.FINISH_REASONS,
        }
    ),
    plain_prefixes=("gen_ai.usage.",),
    events=("gen_ai.",),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None when it names no operation that the conventions know."""
    operation = attributes.get(semconv.OPERATION_NAME)
    return _KINDS.get(operation) if isinstance(operation, str) else None


def segment(name: str, attributes: Attributes) -> str | None:
    """Return what a span of this convention adds to the path: the function of a unit of work.

    None for one that has no name yet: CrewAI's has it once it has started.
    """
    operation = str(attributes.get(semconv.OPERATION_NAME))
    if operation in _NAMED_BY:
        return _named(name, operation, attributes)
    if operation == "vector_db_retrieve":
        return stable(name.removeprefix(f"{operation} "))
    if _KINDS.get(operation) == "vector_db":
        return stable(text(attributes.get(semconv.DATA_SOURCE_ID)) or operation)
    return operation if operation == "plan" else ""


def _named(name: str, operation: str, attributes: Attributes) -> str | None:
    found = (text(attributes.get(key)) for key in _NAMED_BY[operation])
    named = next(filter(None, found), None)
    is_tool = _KINDS[operation] == "tool"
    if named is not None:
        chosen = stable if is_tool else unit if operation == "execute_task" else worker
        return chosen(named)
    if operation == "invoke_agent" and attributes.get(_TRACELOOP_KIND) == "task":
        return ""  # CrewAI's: it is named by what the user asked for
    rest = name.removeprefix(f"{operation} ")
    return stable(rest) if is_tool else unit(rest) or None


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it names no operation that the conventions know."""
    found = kind(said.attributes)
    if found is None:
        return None
    name = said.text(semconv.OPERATION_NAME) or ""
    return call(
        span,
        said,
        kind=found,
        convention=NAME,
        name=name,
        segment=segment(span.name, said.attributes) or "",
        tool=_tool(said, span.name, name) if found == "tool" else None,
        vector=_vector(said, name) if found == "vector_db" else None,
    )


def _tool(said: Reading, span_name: str, operation: str) -> ToolCall:
    return ToolCall(
        name=said.text(semconv.TOOL_NAME) or span_name.removeprefix(f"{operation} "),
        call_id=said.text(semconv.TOOL_CALL_ID),
        arguments=said.json(semconv.TOOL_ARGUMENTS, "gen_ai.tool.input", "gen_ai.tool.args"),
        result=said.json(semconv.TOOL_RESULT, "gen_ai.tool.output"),
    )


def _vector(said: Reading, operation: str) -> VectorQuery:
    searches = operation in _SEARCHES
    verb = "search" if searches else _VERBS.get(operation, operation)
    return VectorQuery(
        operation=said.text(semconv.DB_OPERATION_NAME) or verb,
        database=said.text(semconv.DB_SYSTEM_NAME, semconv.PROVIDER_NAME),
        collection=said.text(semconv.DB_COLLECTION_NAME, semconv.DATA_SOURCE_ID, _MEMORY_STORE),
        query=said.text(semconv.RETRIEVAL_QUERY, "gen_ai.retrieval.query", _MEMORY_QUERY),
        top_k=said.integer(semconv.RETRIEVAL_TOP_K, semconv.REQUEST_TOP_K),
        filter=said.json(semconv.VECTOR_FILTER),
        matches=said.mappings(*_FOUND) if searches and said.has(*_FOUND) else None,
    )
