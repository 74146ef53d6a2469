"""What our own ``record`` writes where the GenAI conventions have no word: data, and
operations on a vector database other than retrieval."""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.operation import Data, Kind, Operation, VectorQuery
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable

NAME: Final = "helisession"
FAMILIES: Final = frozenset({"helicone"})

CONTENT: Final = Content(
    names=frozenset(
        {semconv.DATA_VALUE, semconv.DATA_RESULT, semconv.VECTOR_FILTER, semconv.VECTOR_TEXT}
    )
)


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


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it is not ours."""
    found = kind(said.attributes)
    if found is None:
        return None
    if found == "data":
        return Operation(
            kind="data",
            convention=NAME,
            data=Data(
                name=said.text(semconv.DATA_NAME) or span.name,
                value=said.json(semconv.DATA_VALUE),
                result=said.json(semconv.DATA_RESULT),
            ),
        )
    operation = said.text(semconv.VECTOR_OPERATION)
    return Operation(
        kind="vector_db",
        convention=NAME,
        name=operation or "",
        segment=segment(span.name, said.attributes),
        vector=VectorQuery(
            operation=operation or "search",
            database=said.text(semconv.DB_SYSTEM_NAME),
            collection=said.text(semconv.DB_COLLECTION_NAME),
            query=said.text(semconv.RETRIEVAL_QUERY),
            top_k=said.integer(semconv.RETRIEVAL_TOP_K),
            filter=said.json(semconv.VECTOR_FILTER),
            matches=said.mappings(semconv.RETRIEVAL_DOCUMENTS)
            if said.has(semconv.RETRIEVAL_DOCUMENTS)
            else None,
        ),
    )
