"""OTLP's JSON of log records, as far as they are read here: name, ids, attributes, body."""

from __future__ import annotations

from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs

from otel_helisession.otlp import json_fields as fields
from otel_helisession.otlp.json_values import key_values, value_message


def logs_from_object(said: dict[str, Any]) -> ExportLogsServiceRequest:
    """Return the request that *said* is: an object with ``resourceLogs``, or an empty one.

    Raises:
        ValueError: A field has a value that OTLP does not allow.
    """
    try:
        return ExportLogsServiceRequest(
            resource_logs=[
                ResourceLogs(
                    scope_logs=[
                        ScopeLogs(log_records=map(_record, fields.objects(scope, "logRecords")))
                        for scope in fields.objects(resource, "scopeLogs")
                    ]
                )
                for resource in fields.objects(said, "resourceLogs")
            ]
        )
    except RecursionError:
        raise ValueError("a value nests too deep") from None


def _record(said: dict[str, Any]) -> LogRecord:
    record = LogRecord(
        time_unix_nano=fields.nano(said, "timeUnixNano"),
        body=value_message(fields.object_(said, "body")),
        attributes=key_values(fields.objects(said, "attributes")),
        trace_id=fields.identifier(said, "traceId"),
        span_id=fields.identifier(said, "spanId"),
    )
    if hasattr(record, "event_name"):  # since opentelemetry-proto 1.5 of the protocol
        record.event_name = fields.text(said, "eventName")
    return record
