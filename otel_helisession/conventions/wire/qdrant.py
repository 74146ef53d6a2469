"""Qdrant's wire format of points: https://api.qdrant.tech. The collection stands in the URL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from otel_helisession.conventions.attributes.values import integer, text
from otel_helisession.conventions.parts import fields, items
from otel_helisession.conventions.wire.call import Place
from otel_helisession.conventions.wire.vector import SEARCH, Query

DATABASE: Final = "qdrant"
VERBS: Final = {
    "points": "upsert",
    "points/search": SEARCH,
    "points/query": SEARCH,
    "points/recommend": SEARCH,
    "points/discover": SEARCH,
    "points/delete": "delete",
    "points/payload": "update",
    "points/vectors": "update",
    "points/batch": "update",
    "points/scroll": "scroll",
    "points/count": "count",
}

_LISTS: Final = frozenset({"points", "groups", "hits"})
_UNREAD: Final = frozenset({"vector", "version", "shard_key"})


def collection(place: Place) -> str | None:
    """Return the collection that a URL names."""
    return place.words.get("collection")


def query(body: Mapping[str, Any]) -> Query:
    """Return what a search asks; of a batch its first search."""
    searches = items(body.get("searches"))
    said = searches[0] if searches else body
    asked = said.get("query")
    words = fields(fields(asked).get("nearest") or asked).get("text")
    return Query(text(words), integer(said.get("limit")), said.get("filter"))


def matches(body: Mapping[str, Any]) -> list[Any] | None:
    """Return the points that a search found; of a batch those of all its searches."""
    result = body.get("result")
    if isinstance(result, list) or (isinstance(result, dict) and _LISTS & result.keys()):
        return list(_points(result))
    return None


def _points(result: Any) -> Iterator[dict[str, Any]]:
    """Yield the points in lists of points, of groups of them, and of whole answers."""
    if isinstance(result, list):
        for one in result:
            yield from _points(one)
    elif isinstance(result, dict):
        inner = next((result[name] for name in _LISTS if name in result), None)
        if isinstance(inner, list):
            yield from _points(inner)
        elif "id" in result:
            yield {name: value for name, value in result.items() if name not in _UNREAD}
