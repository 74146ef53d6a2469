"""A call of a vector database over HTTP: what its two bodies say, in one database's format.

The attributes are those that ``record.vector`` writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any, Final, Protocol

from otel_helisession import semconv
from otel_helisession.conventions.attributes.json_text import cut, json_text
from otel_helisession.conventions.operation import Kind
from otel_helisession.conventions.wire.call import Body, Place

MAX_REQUEST_BYTES: Final = 1024 * 1024
"""Longest search that is parsed. Its vector takes 20 to 80 kB and about as many nanoseconds a
byte as a model's messages, but says nothing."""

MAX_MATCHES: Final = 1_000
"""Most matches that are written; nobody reads more."""

SEARCH: Final = "search"


@dataclass(frozen=True, slots=True)
class Query:
    """What a search asks.

    Attributes:
        text: What is searched for, where that is text.
        top_k: How many matches are asked for.
        filter: Any JSON value.
        collection: Where the body names it, and not the path.
    """

    text: str | None = None
    top_k: int | None = None
    filter: Any = None
    collection: str | None = None


class Format(Protocol):
    """What a module of a vector database's format offers.

    Attributes:
        DATABASE: The database, in the word of ``db.system.name``.
        VERBS: The operation for each ``verb`` in a path.
    """

    @property
    def DATABASE(self) -> str: ...

    @property
    def VERBS(self) -> Mapping[str, str]: ...

    def collection(self, place: Place) -> str | None:
        """Return the collection that a URL names."""

    def query(self, body: Mapping[str, Any]) -> Query:
        """Return what a search asks."""

    def matches(self, body: Mapping[str, Any]) -> list[Any] | None:
        """Return what a search found; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class VectorWire:
    """The calls of one database.

    Attributes:
        format: Reads their bodies.
        needs_search: Whether a call is only one of these if its body is a search: for paths
            that all calls share.
    """

    format: Format
    needs_search: bool = False

    @property
    def kind(self) -> Kind:
        return "vector_db"

    @property
    def name(self) -> str:
        return self.format.DATABASE

    @property
    def streams(self) -> bool:
        return False

    def operation(self, place: Place) -> str:
        """Return ``search`` or what else is done, as the path says."""
        verb = place.words.get("verb", "")
        return self.format.VERBS.get(verb, verb)

    def longest_request(self, place: Place) -> int:
        return MAX_REQUEST_BYTES if self.operation(place) == SEARCH else 0

    def speaks(self, body: Body) -> bool:
        return not self.needs_search or self.format.query(body).collection is not None

    def describe(self, body: Body, place: Place) -> dict[str, Any]:
        operation = self.operation(place)
        query = self.format.query(body) if operation == SEARCH else Query()
        found = {
            semconv.VECTOR_OPERATION: operation,
            semconv.OPERATION_NAME: "retrieval" if operation == SEARCH else None,
            semconv.DB_SYSTEM_NAME: self.name,
            semconv.DB_OPERATION_NAME: operation,
            semconv.DB_COLLECTION_NAME: query.collection or self.format.collection(place),
            semconv.RETRIEVAL_TOP_K: query.top_k,
        }
        return {key: value for key, value in found.items() if value is not None}

    def span_name(self, attributes: Mapping[str, Any]) -> str:
        of = attributes.get(semconv.DB_COLLECTION_NAME) or self.name
        return f"{attributes[semconv.VECTOR_OPERATION]} {of}"

    def asked_content(self, body: Body) -> dict[str, str]:
        query = self.format.query(body)
        found: dict[str, str] = {}
        if query.text:
            found[semconv.RETRIEVAL_QUERY] = cut(query.text)
        if query.filter:
            found[semconv.VECTOR_FILTER] = json_text(query.filter)
        return found

    def telling(self, capture_content: bool) -> Pattern[bytes] | None:
        return None

    def whole(self, events: Iterable[Body]) -> Body:
        return {}

    def answered(self, body: Body) -> dict[str, Any]:
        matches = self.format.matches(body)
        return {} if matches is None else {semconv.DB_RETURNED_ROWS: len(matches)}

    def answered_content(self, body: Body) -> dict[str, str]:
        matches = self.format.matches(body)
        if matches is None:
            return {}
        return {semconv.RETRIEVAL_DOCUMENTS: json_text(matches[:MAX_MATCHES])}
