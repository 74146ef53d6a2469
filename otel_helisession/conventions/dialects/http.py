"""HTTP CLIENT spans that call a known model or vector database, where nobody else says so.

By host and path alone, for a span has no bodies: who answers, and a model that the URL names.
Whether an LLM span above describes the call already, which makes the HTTP span plumbing, shows
while both are open; so the processor decides it as the span starts (``covering``), and says it
by ``helicone.request.type``. Without that mark an HTTP span is never a request; SERVER spans
never get one.

https://opentelemetry.io/docs/specs/semconv/http/http-spans/, today's keys and those before.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urlsplit

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import Attributes, text
from otel_helisession.conventions.content import Content
from otel_helisession.conventions.operation import Kind, Operation, VectorQuery
from otel_helisession.conventions.reading import Reading
from otel_helisession.conventions.segment import stable
from otel_helisession.conventions.wire import endpoints
from otel_helisession.conventions.wire.endpoints import Found

NAME: Final = "http"
FAMILIES: Final = frozenset({"http"})

_MAX_URL_CHARS: Final = 8_192
"""Longer is nobody's call of a model."""
"""Longer is nobody's call of a model."""

CONTENT: Final = Content(
    names=frozenset({"url.query"}), prefixes=("http.request.body.", "http.response.body.")
)


def called(attributes: Attributes) -> Kind | None:
    """Return what a CLIENT span with *attributes* calls: ``llm``, ``vector_db``, or None."""
    found = _found(attributes)
    return None if found is None else found.wire.kind


def kind(attributes: Attributes) -> Kind | None:
    """Return what the span was found to call when it started; None for all other HTTP."""
    marked = attributes.get(semconv.REQUEST_TYPE)
    if marked in ("llm", "vector_db") and called(attributes) == marked:
        return "llm" if marked == "llm" else "vector_db"
    return None


def segment(name: str, attributes: Attributes) -> str:
    """Return ``search_hotels`` for a search of the collection ``hotels``; a model adds nothing."""
    found = _found(attributes)
    if found is None or found.wire.kind != "vector_db":
        return ""
    said = found.wire.describe({}, found.place)
    parts = (said.get(semconv.VECTOR_OPERATION), said.get(semconv.DB_COLLECTION_NAME))
    return stable("_".join(part for part in parts if part))


def read(span: ReadableSpan, said: Reading) -> Operation | None:
    """Return what *span* says; None when it is no call of a model or vector database."""
    if kind(said.attributes) is None:
        return None
    found = _found(said.attributes)
    assert found is not None
    shown = found.wire.describe({}, found.place)
    if found.wire.kind == "llm":
        return Operation(
            kind="llm",
            convention=NAME,
            name=shown.get(semconv.OPERATION_NAME, ""),
            provider=shown.get(semconv.PROVIDER_NAME),
            request_model=shown.get(semconv.REQUEST_MODEL),
            streaming=shown.get(semconv.REQUEST_STREAM),
        )
    operation = shown[semconv.VECTOR_OPERATION]
    return Operation(
        kind="vector_db",
        convention=NAME,
        name=operation,
        segment=segment(span.name, said.attributes),
        vector=VectorQuery(
            operation=operation,
            database=found.wire.name,
            collection=shown.get(semconv.DB_COLLECTION_NAME),
        ),
    )


def _found(attributes: Attributes) -> Found | None:
    method = text(attributes.get(semconv.HTTP_METHOD) or attributes.get(semconv.HTTP_METHOD_OLD))
    url = text(attributes.get(semconv.URL_FULL) or attributes.get(semconv.HTTP_URL_OLD))
    if method is None or url is None or len(url) > _MAX_URL_CHARS:
        return None
    if not endpoints.may_be(url.partition("?")[0].rstrip("/")):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    return endpoints.find_known(method.upper(), host, unquote(parts.path).rstrip("/"))
