"""``record.vector``: one call of a vector database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from opentelemetry.trace import SpanKind

from otel_helisession import semconv
from otel_helisession.conventions.attributes.json_text import attribute, cut, json_text
from otel_helisession.record.recorded import Record, bound, checked
from otel_helisession.sessions.scope import Call

_Result = TypeVar("_Result")
MAX_MATCHES: Final = 1_000
"""Most matches that are written; nobody reads more."""

_SEARCHES: Final = frozenset({"search", "query", "retrieve", "retrieval"})


class vector(Record):
    """Record one call of a vector database: ``with record.vector("search", ...) as query``.

    As a decorator, *query* and *top_k* are the call's arguments of those names, unless
    given here, and the matches are what is returned.

    Args:
        operation: ``search``, ``insert``, ``update``, ``delete``, or the database's own word.
        database: The system: ``qdrant``, ``chroma``.
        collection: The collection or index.
        query: What is searched for: text, or any value.
        top_k: How many matches are asked for.

    Attributes:
        matches: What was found, to be set within the block: mappings, the database's own
            objects, or its whole answer if that has ``points`` or ``matches``.
        filter: The filter, any value; to be set within the block.

    Raises:
        TypeError: *operation*, *database* or *collection* is no str.
    """

    __slots__ = ("_collection", "_database", "_operation", "_query", "_top_k", "filter", "matches")
    _kind = SpanKind.CLIENT

    def __init__(
        self,
        operation: str,
        *,
        database: str,
        collection: str | None = None,
        query: Any = None,
        top_k: int | None = None,
    ) -> None:
        self._operation = checked("a vector operation", operation)
        self._database = checked("a database", database)
        self._collection = collection and checked("a collection", collection)
        self._query = query
        self._top_k = top_k
        self.matches: Any = None
        self.filter: Any = None

    def _name(self) -> str:
        return f"{self._operation} {self._collection or self._database}"

    def _identity(self) -> Mapping[str, Any]:
        return {
            semconv.REQUEST_TYPE: "vector_db",
            semconv.VECTOR_OPERATION: self._operation,
            semconv.OPERATION_NAME: "retrieval" if self._operation in _SEARCHES else None,
            semconv.DB_SYSTEM_NAME: self._database,
            semconv.DB_OPERATION_NAME: self._operation,
            semconv.DB_COLLECTION_NAME: self._collection or None,
        }

    def _input(self) -> Mapping[str, Any]:
        query = self._query
        if query is not None:
            query = cut(query) if isinstance(query, str) else json_text(query)
        return {
            semconv.RETRIEVAL_QUERY: query,
            semconv.RETRIEVAL_TOP_K: attribute(self._top_k),
        }

    def _output(self) -> Mapping[str, Any]:
        found = self.matches
        return {
            semconv.VECTOR_FILTER: attribute(self.filter),
            semconv.RETRIEVAL_DOCUMENTS: None if found is None else json_text(_matches(found)),
        }

    def _again(self, call: Call) -> vector:
        arguments = bound(call)
        return vector(
            self._operation,
            database=self._database,
            collection=self._collection,
            query=arguments.get("query") if self._query is None else self._query,
            top_k=arguments.get("top_k") if self._top_k is None else self._top_k,
        )

    def _returned(self, result: _Result) -> _Result:
        self.matches = result
        return result


def _matches(found: Any) -> Any:
    """Return the list within a database's answer, each match as a mapping or a model."""
    for name in ("points", "matches"):  # qdrant's and Pinecone's answers
        inner = found.get(name) if isinstance(found, Mapping) else getattr(found, name, None)
        found = found if inner is None else inner
    if not isinstance(found, Sequence) or isinstance(found, (str, bytes)):
        return found
    return [_match(item) for item in found[:MAX_MATCHES]]


def _match(item: Any) -> Any:
    if isinstance(item, str):
        return {"content": item}
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], (int, float)):
        return {"document": item[0], "score": item[1]}  # LangChain's
    return item
