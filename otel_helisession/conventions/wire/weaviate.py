"""Weaviate's wire format: searches by GraphQL, and objects by REST.

https://docs.weaviate.io/weaviate/api. Its Python client searches by gRPC, which is not HTTP
of httpx's; older clients, and people by hand, by GraphQL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from otel_helisession.conventions.attributes.values import text
from otel_helisession.conventions.parts import fields, items
from otel_helisession.conventions.wire.call import Place
from otel_helisession.conventions.wire.vector import SEARCH, Query

DATABASE: Final = "weaviate"
VERBS: Final = {"graphql": SEARCH, "objects": "insert", "batch/objects": "insert"}

_SEARCH: Final = re.compile(r"\bGet\s*\{\s*(\w+)\s*\([^{}]*?\b(?:near\w+|bm25|hybrid|ask)\s*:\s*\{")
_TEXT: Final = re.compile(r'\b(?:concepts\s*:\s*\[?|query\s*:|question\s*:)\s*("(?:[^"\\]|\\.)*")')
_LIMIT: Final = re.compile(r"\blimit\s*:\s*(\d{1,6})\b")
_FLOATS: Final = re.compile(r"\[[-+0-9.eE,\s]*\]")


def collection(place: Place) -> str | None:
    """Return None: the body names the collection."""
    return None


def query(body: Mapping[str, Any]) -> Query:
    """Return what a GraphQL search asks; its collection is None where it is no search."""
    said = _FLOATS.sub("[]", text(body.get("query")) or "")
    found = _SEARCH.search(said)
    if found is None:
        return Query()
    words, limit = _TEXT.search(said), _LIMIT.search(said)
    return Query(
        text=_unquoted(words[1]) if words else None,
        top_k=int(limit[1]) if limit else None,
        collection=found[1],
    )


def _unquoted(literal: str) -> str | None:
    try:
        return text(json.loads(literal))
    except ValueError:
        return None


def matches(body: Mapping[str, Any]) -> list[Any] | None:
    """Return what a search found; what was asked for beside the properties comes to the top."""
    found = fields(fields(body.get("data")).get("Get"))
    lists = [one for one in found.values() if isinstance(one, list)]
    if not lists:
        return None
    made = []
    for one in items(lists[0]):
        beside = fields(one.get("_additional"))
        said = {name: value for name, value in one.items() if name != "_additional"}
        known = {k: v for k, v in beside.items() if k != "vector" and v is not None}
        made.append({**known, "properties": said})
    return made
