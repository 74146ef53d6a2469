"""Letter: one dead letter, and the line of JSON that it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.spool.payload import from_text, to_text
from otel_helisession.spool.span_json import (
    resource_from_json,
    resource_to_json,
    scope_from_json,
    scope_to_json,
    span_from_json,
    span_to_json,
)

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Letter:
    """A span that was refused.

    Attributes:
        time: When, in ISO 8601 and UTC.
        destination: By whom.
        reason: Why, in words.
        span: What.
    """

    time: str
    destination: str
    reason: str
    span: ReadableSpan


def write(destination: str, span: ReadableSpan, reason: str, unix_nano: int) -> bytes:
    """Return the line for *span*; what people look for stands first."""
    context = span.get_span_context()
    moment = datetime.fromtimestamp(unix_nano / 1e9, timezone.utc)
    said: dict[str, Any] = {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "destination": destination,
        "reason": reason,
        "name": span.name,
        "trace_id": None if context is None else f"{context.trace_id:032x}",
        "span_id": None if context is None else f"{context.span_id:016x}",
        "version": VERSION,
        "span": span_to_json(span),
        "resource": resource_to_json(span.resource),
        "scope": scope_to_json(span.instrumentation_scope),
    }
    return to_text(said) + b"\n"


def parse(line: bytes) -> Letter | None:
    """Return the letter that *line* is; None for what cannot be read, or a newer version's."""
    try:
        said = from_text(line)
        if said["version"] > VERSION:
            return None
        span = span_from_json(
            said["span"], resource_from_json(said["resource"]), scope_from_json(said["scope"])
        )
        return Letter(str(said["time"]), str(said["destination"]), str(said["reason"]), span)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
