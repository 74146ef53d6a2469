"""Entry: all that the store keeps of one span, made before its transaction begins."""

from __future__ import annotations

import json
from typing import NamedTuple

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.operation import Operation
from otel_helisession.store import body
from otel_helisession.store.row import SpanRow, span_row


class Entry(NamedTuple):
    """One span, ready to be written.

    Attributes:
        row: Its columns.
        properties: The session's custom properties, as a JSON object.
        origin: The id of its resource and scope.
        origin_body: The resource and scope, as JSON.
        body: All it says, compressed.
    """

    row: SpanRow
    properties: str
    origin: int
    origin_body: str
    body: bytes


def entry(span: ReadableSpan, operation: Operation, origin: tuple[int, str] | None = None) -> Entry:
    """Return what the store keeps of *span*, which says *operation*.

    Args:
        span: The span.
        operation: What it says.
        origin: ``body.origin(span)``, where that is known from another span.
    """
    origin_id, origin_body = body.origin(span) if origin is None else origin
    return Entry(
        row=span_row(span, operation),
        properties=_properties(span),
        origin=origin_id,
        origin_body=origin_body,
        body=body.pack(span, operation),
    )


def _properties(span: ReadableSpan) -> str:
    prefix = semconv.PROPERTY_PREFIX
    found = {
        key[len(prefix) :]: str(value)
        for key, value in (span.attributes or {}).items()
        if key.startswith(prefix)
    }
    return "{}" if not found else json.dumps(found, separators=(",", ":"), sort_keys=True)
