"""Database spans of the general conventions, today's ``db.*`` keys and those before.

https://opentelemetry.io/docs/specs/semconv/database/. A call of a vector database is a
request. So is a query of a general database that says in its text that it searches for
neighbours; all others are plumbing.
"""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.dialects import neighbours
from otel_helisession.conventions.operation import Kind, Operation, VectorQuery
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "database"
FAMILIES: Final = frozenset({"db"})

_VECTOR: Final = {
    "azure.ai.search": "azure.ai.search",
    "chroma": "chroma",
    "chromadb": "chroma",
    "lancedb": "lancedb",
    "marqo": "marqo",
    "milvus": "milvus",
    "pgvector": "pgvector",
    "pinecone": "pinecone",
    "qdrant": "qdrant",
    "turbopuffer": "turbopuffer",
    "upstash_vector": "upstash_vector",
    "vald": "vald",
    "vespa": "vespa",
    "weaviate": "weaviate",
    "zilliz": "milvus",
}
"""Systems that are nothing else, as libraries spell them in lower case; and our word."""

_OPERATIONS: Final = {"query": "search", "similarity_search": "search", "knn_search": "search"}
"""Our words; a database's own otherwise."""

_TEXTS: Final = ("db.query.text", "db.statement")
_COLLECTIONS: Final = (
    semconv.DB_COLLECTION_NAME,
    "db.sql.table",
    "db.mongodb.collection",
    "db.elasticsearch.path_parts.index",
    "redis.search.index",
    "redis.create_index.index",
)
_REDIS_QUERY: Final = "redis.search.query"
"""The instrumentation of redis masks the arguments in the statement, and tells them here."""

CONTENT: Final = Content(
    names=frozenset({*_TEXTS, _REDIS_QUERY}),
    prefixes=("db.query.parameter", "db.operation.parameter", "db.statement.parameter"),
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None for no database, or one whose query is not known (yet)."""
    system = _system(attributes)
    if system is None:
        return None
    if system in _VECTOR or _searches(system, attributes):
        return "vector_db"
    return "structure" if _text(attributes) is not None else None


def segment(name: str, attributes: Attributes) -> str:
    """Return ``search_hotels`` for a search of ``hotels``; what is plumbing adds nothing."""
    if kind(attributes) != "vector_db":
        return ""
    query = _query(name, Reading(attributes))
    return stable("_".join(part for part in (query.operation, query.collection) if part))


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it is of no database."""
    if _system(said.attributes) is None or said.text(semconv.OPERATION_NAME) == "vectordb":
        return None  # OpenLIT's, whose own reader knows what of it is true
    if kind(said.attributes) != "vector_db":
        return Operation(convention=NAME, name=_operation(said) or "")
    query = _query(span.name, said)
    return Operation(
        kind="vector_db",
        convention=NAME,
        name=query.operation,
        segment=segment(span.name, said.attributes),
        vector=query,
    )


def _system(attributes: Attributes) -> str | None:
    said = text(attributes.get(semconv.DB_SYSTEM_NAME) or attributes.get(semconv.DB_SYSTEM_OLD))
    return said and said.lower()


def _text(attributes: Attributes) -> str | None:
    return next((said for name in _TEXTS if (said := text(attributes.get(name)))), None)


def _searches(system: str, attributes: Attributes) -> bool:
    """Tell whether the query, of a database that is none for vectors, searches by them."""
    said = _text(attributes)
    if system == "redis":
        shown = text(attributes.get(_REDIS_QUERY))
        said = f"FT.SEARCH {shown}" if shown else said
    return said is not None and neighbours.are_searched(system, said)


def _operation(said: Reading) -> str | None:
    found = said.text(semconv.DB_OPERATION_NAME, "db.operation")
    return found and found.lower()


def _query(name: str, said: Reading) -> VectorQuery:
    """Return what is asked. For a query in a language, the query is its text."""
    system = _system(said.attributes) or ""
    asked = _text(said.attributes)
    operation = _operation(said)
    collection = said.text(*_COLLECTIONS)
    if system not in _VECTOR:
        found = neighbours.described(system, asked or "")
        return VectorQuery(
            operation="search",
            database=system,
            collection=collection or found.collection,
            query=asked,
            top_k=found.top_k,
        )
    operation = operation or name.partition(" ")[0].rpartition(".")[2].lower()
    return VectorQuery(
        operation=_OPERATIONS.get(operation, operation),
        database=_VECTOR[system],
        collection=collection,
        query=asked,
        top_k=said.integer("db.vector.query.top_k"),
    )
