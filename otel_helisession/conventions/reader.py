"""One reader over all conventions: a span in, an Operation out.

A convention is a module with ``NAME``, ``kind(attributes)``, ``segment(name, attributes)``
and ``read(span, attributes)``. The order below is the precedence where two speak of one span.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from otel_helisession import semconv
from otel_helisession.conventions import genai, helisession
from otel_helisession.conventions.operation import Failure, Kind, Operation
from otel_helisession.conventions.values import Attributes, integer, text


class Convention(Protocol):
    """What a module of a convention offers."""

    NAME: str

    def kind(self, attributes: Attributes) -> Kind | None: ...
    def segment(self, name: str, attributes: Attributes) -> str: ...
    def read(self, span: ReadableSpan, attributes: Attributes) -> Operation | None: ...


CONVENTIONS: Final[tuple[Convention, ...]] = (helisession, genai)

_STRUCTURE: Final = Operation()


def attributes_of(span: ReadableSpan) -> Mapping[str, Any]:
    """Return the span's attributes as a plain dict where the SDK allows a cheap copy."""
    attributes: Any = span.attributes
    copy = getattr(attributes, "copy", None)
    return copy() if copy is not None else dict(attributes or {})


def kind(attributes: Attributes) -> Kind | None:
    """Return what a span with these attributes is; None while nobody says. About 0.2 µs."""
    for convention in CONVENTIONS:
        found = convention.kind(attributes)
        if found is not None:
            return found
    return None


def segment(span: ReadableSpan) -> str | None:
    """Return what *span* adds to the session path; None while no convention describes it."""
    attributes = attributes_of(span)
    if attributes:
        for convention in CONVENTIONS:
            if convention.kind(attributes) is not None:
                return convention.segment(span.name, attributes)
    return None


def read(span: ReadableSpan) -> Operation:
    """Return what the finished *span* says. Never raises on what libraries write."""
    attributes = attributes_of(span)
    failure = _failure(span, attributes)
    server = text(attributes.get(semconv.SERVER_ADDRESS))
    helicone_id = text(attributes.get(semconv.HELICONE_ID))
    for convention in CONVENTIONS:
        operation = convention.read(span, attributes)
        if operation is not None:
            return replace(operation, failure=failure, server=server, helicone_id=helicone_id)
    if failure is None and server is None:
        return _STRUCTURE
    return replace(_STRUCTURE, failure=failure, server=server)


def _failure(span: ReadableSpan, attributes: Attributes) -> Failure | None:
    if span.status.status_code is not StatusCode.ERROR:
        return None
    kind = text(attributes.get(semconv.ERROR_TYPE))
    message = span.status.description or ""
    for event in reversed(span.events):
        if event.name == semconv.EXCEPTION_EVENT and event.attributes:
            kind = kind or text(event.attributes.get(semconv.EXCEPTION_TYPE))
            message = message or text(event.attributes.get(semconv.EXCEPTION_MESSAGE)) or ""
            break
    status = integer(attributes.get(semconv.HTTP_STATUS_CODE))
    return Failure(type=kind or "error", message=message, status_code=status)
