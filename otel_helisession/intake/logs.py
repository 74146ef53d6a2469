"""Log records of GenAI instrumentations that carry messages, for the spans that they tell of."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

from otel_helisession.conventions.dialects import genai_records
from otel_helisession.otlp.values import attributes_of, python_value

if TYPE_CHECKING:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

_EVENT_NAME = "event.name"


def sift(request: ExportLogsServiceRequest) -> tuple[int, int]:
    """Leave in *request* only the records with messages; return how many those are, of all."""
    kept = every = 0
    for resource_logs in request.resource_logs:
        for scope_logs in resource_logs.scope_logs:
            records = scope_logs.log_records
            every += len(records)
            for at in range(len(records) - 1, -1, -1):
                if not _tells(records[at]):
                    del records[at]
            kept += len(records)
    return kept, every


def records_of(request: ExportLogsServiceRequest) -> Iterator[SimpleNamespace]:
    """Iterate over the records of *request* with messages, as the SDK has records."""
    for resource_logs in request.resource_logs:
        for scope_logs in resource_logs.scope_logs:
            for record in scope_logs.log_records:
                if _tells(record):
                    yield SimpleNamespace(
                        event_name=_name(record),
                        attributes=attributes_of(record.attributes),
                        body=python_value(record.body),
                        trace_id=int.from_bytes(record.trace_id, "big"),
                        span_id=int.from_bytes(record.span_id, "big"),
                        trace_flags=1,  # its span decides; many SDKs leave them out
                    )


def _tells(record: object) -> bool:
    name = _name(record)
    if name != genai_records.DETAILS and name not in genai_records.SPOKEN:
        return False
    return len(record.trace_id) == 16 and len(record.span_id) == 8  # type: ignore[attr-defined]


def _name(record: object) -> str:
    name: str = getattr(record, "event_name", "")
    if name:
        return name
    for pair in record.attributes:  # type: ignore[attr-defined]
        if pair.key == _EVENT_NAME:
            return str(pair.value.string_value)
    return ""
