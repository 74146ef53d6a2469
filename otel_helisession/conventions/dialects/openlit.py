"""OpenLIT's own words beside the GenAI conventions: https://github.com/openlit/openlit.

Operations that the conventions do not have (``vectordb``, memories, images, speech, crawls),
and what its spans of vector databases say. Its calls of models are :mod:`.genai`'s.
"""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.literal import literal
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.dialects.genai_call import call
from otel_helisession.conventions.operation import Kind, Operation, ToolCall, VectorQuery
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "openlit"
FAMILIES: Final = frozenset({"gen_ai"})

_MODEL_CALLS: Final = frozenset(
    {
        *("image", "audio", "video", "translate", "transliterate", "language_identification"),
        *("speech_to_text", "text_to_speech", "speech_to_text_translate", "moderation"),
    }
)
_MEMORY: Final = {
    "memory": "memory",
    "memory_add": "insert",
    "memory_search": "search",
    "memory_get": "search",
    "memory_update": "update",
    "memory_delete": "delete",
}
_WEB: Final = frozenset({"crawl", "crawl_deep", "scrape", "map", "search"})
"""Firecrawl and Crawl4AI: tools, that a program calls without a model."""

_INNER: Final = frozenset(
    {
        *("user_prompt_processing", "model_request", "tool_coordination", "agent", "task"),
        *("execution", "mcp_request", "mcp_response", "mcp_server", "mcp_client"),
    }
)
"""Steps by which a framework runs an agent, around the calls themselves."""

_VERBS: Final = {
    "query": "search",
    "get": "search",
    "search": "search",
    "select": "search",
    "fetch": "search",
    "scroll": "search",
    "recommend": "search",
    "add": "insert",
    "insert": "insert",
    "upload": "insert",
    "upsert": "upsert",
    "update": "update",
    "replace": "update",
    "set": "update",
    "delete": "delete",
}
_UNKNOWN: Final = "unknown"
"""What OpenLIT writes for a collection that was not given by keyword."""

_QUERY: Final = "db.query.text"
_TOP_K: Final = ("db.vector.query.top_k", "db.n_results", "db.limit")
_FILTER: Final = ("db.vector.query.filter", "db.filter", "db.where_document")
_VECTORS: Final = ("[", "embeddings=", "vector", "Collection: ")
"""How a query begins that is no text: numbers, or a count of them."""

CONTENT: Final = Content(names=frozenset({_QUERY, "db.query.summary", *_FILTER}))


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None for operations that OpenLIT does not name alone."""
    operation = attributes.get(semconv.OPERATION_NAME)
    if not isinstance(operation, str):
        return None
    if operation == "vectordb" or operation in _MEMORY:
        return "vector_db"
    if operation in _MODEL_CALLS:
        return "llm"
    if operation in _WEB or operation == "mcp_tool_call":
        return "tool"
    return "structure" if operation in _INNER else None


def segment(name: str, attributes: Attributes) -> str:
    """Return ``search_hotels`` for a search of the collection ``hotels``, or a tool's name."""
    found = kind(attributes)
    if found == "tool":
        return stable(_tool_name(attributes))
    if found != "vector_db":
        return ""
    of = _collection(attributes) or text(attributes.get(semconv.DB_SYSTEM_NAME))
    return stable("_".join(part for part in (_verb(attributes), of) if part))


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None for operations that OpenLIT does not name alone."""
    found = kind(said.attributes)
    if found is None:
        return None
    return call(
        span,
        said,
        kind=found,
        convention=NAME,
        name=said.text(semconv.OPERATION_NAME) or "",
        segment=segment(span.name, said.attributes),
        tool=_tool(said) if found == "tool" else None,
        vector=_vector(said) if found == "vector_db" else None,
    )


def _tool_name(attributes: Attributes) -> str:
    named = text(attributes.get(semconv.TOOL_NAME))
    return named or str(attributes.get(semconv.OPERATION_NAME))


def _tool(said: Reading) -> ToolCall:
    return ToolCall(
        name=_tool_name(said.attributes),
        call_id=said.text(semconv.TOOL_CALL_ID),
        arguments=said.json(semconv.TOOL_ARGUMENTS, "gen_ai.tool.input", "gen_ai.tool.args"),
        result=said.json(semconv.TOOL_RESULT, "gen_ai.tool.output"),
    )


def _verb(attributes: Attributes) -> str:
    operation = str(attributes.get(semconv.OPERATION_NAME))
    if operation in _MEMORY:
        return _MEMORY[operation]
    word = (text(attributes.get(semconv.DB_OPERATION_NAME)) or "search").lower()
    return _VERBS.get(word) or _VERBS.get(word.partition("_")[0]) or word


def _collection(attributes: Attributes) -> str | None:
    named = text(attributes.get(semconv.DB_COLLECTION_NAME))
    named = named or text(attributes.get("db.index.name"))
    return None if named == _UNKNOWN else named


def _vector(said: Reading) -> VectorQuery:
    verb = _verb(said.attributes)
    query = said.text(semconv.RETRIEVAL_QUERY, "gen_ai.retrieval.query", _QUERY)
    told = verb == "search" and query is not None and not query.startswith(_VECTORS)
    return VectorQuery(
        operation=verb,
        database=said.text(semconv.DB_SYSTEM_NAME, semconv.PROVIDER_NAME),
        collection=_collection(said.attributes),
        query=query if told else None,
        top_k=said.integer(*_TOP_K),
        filter=literal(said.text(*_FILTER)),
        matches=said.mappings(semconv.RETRIEVAL_DOCUMENTS) or None,
    )
