"""What our own ``record`` writes where the GenAI conventions have no word: data, and
operations on a vector database other than retrieval."""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.operation import Data, Kind, Operation, VectorQuery
from otel_helisession.conventions.segment import stable
from otel_helisession.conventions.values import Attributes, integer, mappings, parsed, text

NAME: Final = "helisession"


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span is; None when it is not ours."""
    if semconv.DATA_NAME in attributes:
        return "data"
    return "vector_db" if semconv.VECTOR_OPERATION in attributes else None


def segment(name: str, attributes: Attributes) -> str:
    """Return ``search_hotels`` for a search of the collection ``hotels``; data adds nothing."""
    if semconv.DATA_NAME in attributes:
        return ""
    operation = text(attributes.get(semconv.VECTOR_OPERATION))
    collection = text(attributes.get(semconv.DB_COLLECTION_NAME))
    return stable("_".join(part for part in (operation, collection) if part))


def read(span: ReadableSpan, attributes: Attributes) -> Operation | None:
    """Return what *span* says; None when it is not ours."""
    found = kind(attributes)
    if found is None:
        return None
    if found == "data":
        return Operation(
            kind="data",
            convention=NAME,
            data=Data(
                name=text(attributes.get(semconv.DATA_NAME)) or span.name,
                value=parsed(attributes.get(semconv.DATA_VALUE)),
                result=parsed(attributes.get(semconv.DATA_RESULT)),
            ),
        )
    documents = attributes.get(semconv.RETRIEVAL_DOCUMENTS)
    return Operation(
        kind="vector_db",
        convention=NAME,
        name=text(attributes.get(semconv.VECTOR_OPERATION)) or "",
        segment=segment(span.name, attributes),
        vector=VectorQuery(
            operation=text(attributes.get(semconv.VECTOR_OPERATION)) or "search",
            database=text(attributes.get(semconv.DB_SYSTEM_NAME)),
            collection=text(attributes.get(semconv.DB_COLLECTION_NAME)),
            query=text(attributes.get(semconv.RETRIEVAL_QUERY)),
            top_k=integer(attributes.get(semconv.RETRIEVAL_TOP_K)),
            filter=parsed(attributes.get(semconv.VECTOR_FILTER)),
            matches=None if documents is None else mappings(documents),
        ),
    )
