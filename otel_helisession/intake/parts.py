"""Parts: resources, scopes, spans, events, links and log records of a request: how many may be.

Each becomes up to a kB of memory, of however few bytes it was sent: a hundred kB, decompressed to
thirty-two MB of nothing but empty ones, would be gigabytes.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    count = len(request.resource_spans)
    _check(count)
    scopes = [one for group in request.resource_spans for one in group.scope_spans]
    count += len(scopes) + sum(len(one.spans) for one in scopes)
    _check(count)
    spans = (span for one in scopes for span in one.spans)
    _check(count + sum(len(span.events) + len(span.links) for span in spans))


def check_logs(request: ExportLogsServiceRequest) -> None:
    """Refuse *request* if it has too many.

    Raises:
        ValueError: It has.
    """
    count = len(request.resource_logs)
    _check(count)
    scopes = [one for group in request.resource_logs for one in group.scope_logs]
    _check(count + len(scopes) + sum(len(one.log_records) for one in scopes))


def _check(count: int) -> None:
    if count > MAX_PARTS:
        raise ValueError(
            f"the request has {count:,} resources, scopes, spans, events, links and log records; "
            f"accepted: {MAX_PARTS:,}; send smaller batches"
        )
