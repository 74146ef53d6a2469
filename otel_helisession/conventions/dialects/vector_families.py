"""OpenLLMetry's spans of vector databases.

Pinecone, Qdrant, Chroma, Weaviate, Milvus, LanceDB and Marqo:
https://github.com/traceloop/openllmetry. Each family has attributes of its own; what was
found is in span events, of which the SDK keeps the newest 128.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from opentelemetry.sdk.trace import Event, ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.literal import literal
from otel_helisession.conventions.attributes.values import Attributes, decimal, parsed, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.operation import Kind, Operation, VectorQuery
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "vector_families"
FAMILIES: Final = frozenset({"db"})

_DATABASES: Final = frozenset(
    {"pinecone", "qdrant", "chroma", "chromadb", "weaviate", "milvus", "lancedb", "marqo"}
)
_OPERATION: Final = "db.operation"
_INNER: Final = frozenset({"_query"})
"""Chroma's own step of a query; the query's span tells more."""

_WEAVIATE_HANDLE: Final = "db.weaviate.collections.get.name"
"""Getting hold of a collection asks the server nothing."""

_VERBS: Final = {
    "query": "search",
    "search": "search",
    "recommend": "search",
    "discover": "search",
    "hybrid_search": "search",
    "fetch_objects": "search",
    "graphql_raw_query": "search",
    "raw": "search",
    "do": "search",
    "add": "insert",
    "insert": "insert",
    "upload": "insert",
    "update": "update",
    "replace": "update",
    "delete": "delete",
}
"""A method's name, or what it begins with, as one of our words; others stay as they are."""

_COLLECTION_ENDS: Final = (".collection_name", ".class_name")
_COLLECTIONS: Final = (
    "db.weaviate.collections.create.name",
    "db.weaviate.collections.delete.name",
    _WEAVIATE_HANDLE,
    "pinecone.query.namespace",
)
_QUERIES: Final = (
    "db.marqo.search.query",
    "db.weaviate.query.raw.gql_query",
    "db.weaviate.client.graphql_raw_query.gql_query",
)
_TOP_K: Final = (
    "db.vector.query.top_k",
    "pinecone.query.top_k",
    "db.chroma.query.n_results",
    "db.chroma.get.limit",
    "db.chroma.peek.limit",
    "db.milvus.search.limit",
    "db.milvus.query.limit",
    "db.weaviate.collections.query.fetch_objects.limit",
)
_FILTERS: Final = (
    "pinecone.query.filter",
    "db.chroma.query.where",
    "db.chroma.query.where_document",
    "db.chroma.get.where",
    "db.chroma.get.where_document",
    "db.chroma.delete.where",
    "db.chroma.delete.where_document",
    "db.milvus.search.filter",
    "db.milvus.query.filter",
    "db.milvus.delete.filter",
    "db.weaviate.collections.query.fetch_objects.filters",
)
_PINECONE_HOST: Final = ".pinecone.io"
_RESULTS: Final = ("db.query.result", "db.search.result")
_VECTORS: Final = frozenset({"vector", "embedding", "$vector", "_tensor_facets"})
"""Fields of a match that nobody reads and that outweigh all others."""

_NUMBERS: Final = frozenset({"score", "distance"})
_SHORT: Final = {"db.search.query.id": "query"}
"""Which of several vectors that were searched for at once."""

CONTENT: Final = Content(
    names=frozenset({*_QUERIES, *_FILTERS}), events=("db.query.", "db.search.")
)


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None when its database is none of the families."""
    if _database(attributes) not in _DATABASES:
        return None
    inner = text(attributes.get(_OPERATION)) in _INNER or _WEAVIATE_HANDLE in attributes
    return "structure" if inner else "vector_db"


def segment(name: str, attributes: Attributes) -> str | None:
    """Return ``search_hotels`` for a search of the collection ``hotels``.

    None for a span that names nothing but its database: it has just started, and says next
    what it is about.
    """
    if kind(attributes) != "vector_db":
        return ""
    if len(attributes) == 1:
        return None
    verb = _verb(name, attributes)
    of = _collection(Reading(attributes)) or _database(attributes)
    return stable(f"{verb}_{of}")


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when its database is none of the families."""
    found = kind(said.attributes)
    if found is None:
        return None
    verb = _verb(span.name, said.attributes)
    return Operation(
        kind=found,
        convention=NAME,
        name=_method(span.name, said.attributes),
        segment=segment(span.name, said.attributes) or "",
        vector=_vector(span, said, verb) if found == "vector_db" else None,
    )


def _vector(span: ReadableSpan, said: Reading, verb: str) -> VectorQuery:
    query, filters = said.text(*_QUERIES), _filters(said)
    if _database(said.attributes) == "lancedb" and verb == "search":
        asked = literal(said.text("db.milvus.search.filter"))  # another family's word
        query, filters = asked if isinstance(asked, str) else None, None
    return VectorQuery(
        operation=verb,
        database=_database(said.attributes),
        collection=_collection(said),
        query=_plain(query),
        top_k=said.integer(*_TOP_K),
        filter=filters,
        matches=_matches(span.events, said) if verb == "search" else None,
    )


def _filters(said: Reading) -> Any:
    """Return the filter; a list where there are several, on fields and on documents, say."""
    found = [literal(said.attributes[name]) for name in _FILTERS if name in said.attributes]
    return found if len(found) > 1 else next(iter(found), None)


def _database(attributes: Attributes) -> str:
    named = text(attributes.get(semconv.DB_SYSTEM_OLD)) or text(
        attributes.get(semconv.DB_SYSTEM_NAME)
    )
    return (named or "").lower()


def _method(span_name: str, attributes: Attributes) -> str:
    """Return the client's method; spans are named ``{database}.{method}``."""
    return text(attributes.get(_OPERATION)) or span_name.rpartition(".")[2]


def _verb(span_name: str, attributes: Attributes) -> str:
    method = _method(span_name, attributes)
    return _VERBS.get(method) or _VERBS.get(method.partition("_")[0]) or method


def _collection(said: Reading) -> str | None:
    """Return the collection, which each method has under a name of its own."""
    for name, value in said.attributes.items():
        if name.endswith(_COLLECTION_ENDS):
            return _plain(text(value))
    host = (said.text(semconv.SERVER_ADDRESS) or "").partition("://")[2]
    if host.endswith(_PINECONE_HOST):  # {index}-{project}.svc.{environment}.pinecone.io
        return host.partition(".")[0].rpartition("-")[0] or None
    return _plain(said.text(*_COLLECTIONS))


def _plain(value: str | None) -> str | None:
    """Return text without the JSON quotes that some families put around it."""
    inner = parsed(value)
    return inner if isinstance(inner, str) and inner else value


def _matches(events: Sequence[Event], said: Reading) -> tuple[Mapping[str, Any], ...] | None:
    """Return what was found; None when the family does not say."""
    found = tuple(_match(event) for event in events if event.name in _RESULTS)
    if found:
        return found
    none = any(
        name.endswith(".result_count") and value == 0 for name, value in said.attributes.items()
    )
    return () if none else None


def _match(event: Event) -> dict[str, Any]:
    """Return a match: the event's attributes without its name before them, and no vectors."""
    start = f"{event.name}."
    made: dict[str, Any] = {}
    for name, value in (event.attributes or {}).items():
        short = _SHORT.get(name) or name.removeprefix(start)
        if short in _NUMBERS:
            number = decimal(value)
            made[short] = value if number is None else number
        elif short not in _VECTORS and value != "None":
            made[short] = literal(value)
    return made
