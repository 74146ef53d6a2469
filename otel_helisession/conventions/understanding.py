"""What a finished span says, with what it cost: the one way in for whoever counts or shows."""

from __future__ import annotations

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Operation
from otel_helisession.conventions.totals.pricing import priced


def understood(span: ReadableSpan) -> Operation:
    """Return what *span* says, priced as of its start. Some 30 µs, and 50 more for a price."""
    return priced(reader.read(span), span.start_time)
