"""A call of a vector database, in the JSON of Helicone's vector mapper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from otel_helisession.conventions.attributes.values import decimal
from otel_helisession.conventions.operation import Failure, VectorQuery
from otel_helisession.exporters.helicone.exchanges.exchange import Exchange
from otel_helisession.exporters.helicone.exchanges.outcome import error


def exchange(query: VectorQuery, failure: Failure | None) -> Exchange:
    """Return the log of one operation on a vector database."""
    fields = {
        "operation": query.operation,
        "databaseName": query.database or "unknown",  # the preview writes it in any case
        "collection": query.collection,
        "query": query.query,
        "topK": query.top_k,
        "filter": query.filter,
    }
    request = {"_type": "vector_db"} | {
        name: value for name, value in fields.items() if value is not None
    }
    response: dict[str, Any] = {
        "_type": "vector_db",
        "status": "success" if failure is None else "error",
    }
    if query.matches is not None:
        response["matches"] = [_match(match) for match in query.matches]
    if failure is not None:
        response["error"] = error(failure)
        response["message"] = response["error"]["message"]
    return Exchange(request, response, model="vector_db")


def _match(match: Any) -> dict[str, Any]:
    """Return one match; its score only as a finite number, for anything else makes Helicone
    show the whole answer as raw JSON."""
    if not isinstance(match, Mapping):
        return {"content": match if isinstance(match, str) else str(match)}
    made = {str(name): value for name, value in match.items() if name != "score"}
    score = decimal(match.get("score"))
    if score is not None:
        made["score"] = score
    return made
