"""Chroma's wire format, version 2 of its API. A URL names the collection by its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from otel_helisession.conventions.attributes.values import integer, texts
from otel_helisession.conventions.wire.call import Place
from otel_helisession.conventions.wire.vector import SEARCH, Query

DATABASE: Final = "chroma"
VERBS: Final = {"query": SEARCH, "search": SEARCH, "add": "insert"}

_COLUMNS: Final = {
    "documents": "content",
    "metadatas": "metadata",
    "distances": "distance",
    "uris": "uri",
}


def collection(place: Place) -> str | None:
    """Return the collection's name, where it is known by now."""
    return place.words.get("name")


def query(body: Mapping[str, Any]) -> Query:
    """Return what a search asks. The client sends vectors, hardly ever their texts."""
    said = texts(body.get("query_texts"))
    filters = {name: body[name] for name in ("where", "where_document") if body.get(name)}
    return Query(said[0] if said else None, integer(body.get("n_results")), filters or None)


def matches(body: Mapping[str, Any]) -> list[Any] | None:
    """Return what a search found: columns, a list in each for each query, as rows."""
    ids = body.get("ids")
    return list(_rows(body, ids)) if isinstance(ids, list) else None


def _rows(body: Mapping[str, Any], ids: list[Any]) -> Iterator[dict[str, Any]]:
    for at, found in enumerate(ids):
        if not isinstance(found, list):
            continue
        columns = {name: _column(body.get(column), at) for column, name in _COLUMNS.items()}
        for row, identifier in enumerate(found):
            made = {name: cells[row] for name, cells in columns.items() if row < len(cells)}
            yield {"id": identifier, **{k: v for k, v in made.items() if v is not None}}


def _column(columns: Any, at: int) -> list[Any]:
    found = columns[at] if isinstance(columns, list) and at < len(columns) else None
    return found if isinstance(found, list) else []
