"""Parts: resources, scopes, spans, events, links and log records of a request: how many may be.

Each becomes up to a kB of memory, of however few bytes it was sent: a hundred kB, decompressed to
thirty-two MB of nothing but empty ones, would be gigabytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from otel_helisession.otlp.json_fields import objects

if TYPE_CHECKING:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

MAX_PARTS: Final = 200_000
"""A Collector's largest batches have 8,192 spans."""

_SPANS: Final = ("resourceSpans", "scopeSpans", "spans")
_WITHIN_SPANS: Final = ("events", "links")
_LOGS: Final = ("resourceLogs", "scopeLogs", "logRecords")


def check_json(said: Mapping[str, Any]) -> None:
    """Refuse JSON, of spans or of log records, that has too many. A microsecond a span.

    Raises:
        ValueError: It has, or what should be an array of objects is none.
    """
    for names in (_SPANS, _LOGS):
        level, count = [said], 0
        for name in names:
            level = [part for one in level for part in objects(one, name)]
            count += len(level)
        within = _WITHIN_SPANS if names is _SPANS else ()
        _check(count + sum(len(objects(one, name)) for one in level for name in within))


def check(request: ExportTraceServiceRequest) -> None:
    """Refuse *request* if it has too many. A microsecond a span.

    Raises:
        ValueError: It has.
    """
    count, spans = _descent(request, ("resource_spans", "scope_spans", "spans"))
    _check(count + sum(len(span.events) + len(span.links) for span in spans))


def check_logs(request: ExportLogsServiceRequest) -> None:
    """Refuse *request* if it has too many.

    Raises:
        ValueError: It has.
    """
    _descent(request, ("resource_logs", "scope_logs", "log_records"))


def _descent(request: Any, names: Sequence[str]) -> tuple[int, Sequence[Any]]:
    """Return how many parts of *names*, each below the one before, there are, and the lowest."""
    level, count = [request], 0
    for name in names:
        count += sum(len(getattr(one, name)) for one in level)
        _check(count)
        level = [part for one in level for part in getattr(one, name)]
    return count, level


def _check(count: int) -> None:
    if count > MAX_PARTS:
        raise ValueError(
            f"the request has {count:,} resources, scopes, spans, events, links and log records; "
            f"accepted: {MAX_PARTS:,}; send smaller batches"
        )
