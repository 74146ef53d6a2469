"""Pinecone's wire format of vectors and records: https://docs.pinecone.io/reference/api.

The index stands in the host: ``hotels-1a2b3c4.svc.aped-4627-b74a.pinecone.io``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from otel_helisession.conventions.attributes.values import integer, text
from otel_helisession.conventions.parts import fields, items
from otel_helisession.conventions.wire.call import Place
from otel_helisession.conventions.wire.vector import SEARCH, Query

DATABASE: Final = "pinecone"
VERBS: Final = {
    "query": SEARCH,
    "search": SEARCH,
    "vectors/upsert": "upsert",
    "vectors/update": "update",
    "vectors/delete": "delete",
}

_INDEX: Final = re.compile(r"^(.+)-[a-z0-9]{7}\.svc\.")


def collection(place: Place) -> str | None:
    """Return the index that a host names."""
    found = _INDEX.match(place.host)
    return found and found[1]


def query(body: Mapping[str, Any]) -> Query:
    """Return what a search of vectors, or one of records by text, asks."""
    inner = fields(body.get("query"))
    said = inner or body
    words = fields(inner.get("inputs")).get("text")
    return Query(text(words), integer(said.get("topK", said.get("top_k"))), said.get("filter"))


def matches(body: Mapping[str, Any]) -> list[Any] | None:
    """Return what a search found."""
    if isinstance(body.get("matches"), list):
        hidden = ("values", "sparseValues")
        return [
            {name: value for name, value in match.items() if name not in hidden}
            for match in items(body["matches"])
        ]
    hits = fields(body.get("result")).get("hits")
    if not isinstance(hits, list):
        return None
    return [
        {"id": hit.get("_id"), "score": hit.get("_score"), "fields": hit.get("fields")}
        for hit in items(hits)
    ]
