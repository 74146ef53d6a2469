"""The three signals that OTLP sends: how each is read, accepted and answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsPartialSuccess,
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess,
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from otel_helisession.intake import parts
from otel_helisession.intake.intake import Intake
from otel_helisession.intake.receipt import Receipt
from otel_helisession.otlp.json import loads, request_from_object
from otel_helisession.otlp.json_logs import logs_from_object


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal.

    Attributes:
        path: Where OTLP over HTTP sends it.
        method: What OTLP over gRPC calls for it.
        rejected: What JSON calls those that are not kept.
        accept: Takes a request in protobuf.
        accept_json: Takes one in JSON.
        response: Returns the answer that tells of a receipt.
        Both of the former raise ValueError where it is none, and what Intake.accept raises.
    """

    path: str
    method: str
    rejected: str
    accept: Callable[[Intake, bytes], Receipt]
    accept_json: Callable[[Intake, bytes], Receipt]
    response: Callable[[Receipt], Any]


def _parsed(kind: Any, body: bytes) -> Any:
    try:
        return kind.FromString(body)
    except DecodeError as error:
        raise ValueError(f"the body is no {kind.DESCRIPTOR.name}: {error}") from None


def _loaded(body: bytes) -> dict[str, Any]:
    said = loads(body)
    parts.check_json(said)
    return said


def _spans(intake: Intake, body: bytes) -> Receipt:
    request = _parsed(ExportTraceServiceRequest, body)
    parts.check(request)
    return intake.accept(request, body)


def _json_spans(intake: Intake, body: bytes) -> Receipt:
    return intake.accept(request_from_object(_loaded(body)))


def _spans_response(receipt: Receipt) -> Any:
    if not receipt.problem:
        return ExportTraceServiceResponse()
    partial = ExportTracePartialSuccess(
        rejected_spans=receipt.rejected, error_message=receipt.problem
    )
    return ExportTraceServiceResponse(partial_success=partial)


def _logs(intake: Intake, body: bytes) -> Receipt:
    request = _parsed(ExportLogsServiceRequest, body)
    parts.check_logs(request)
    return intake.accept_logs(request)


def _json_logs(intake: Intake, body: bytes) -> Receipt:
    return intake.accept_logs(logs_from_object(_loaded(body)))


def _logs_response(receipt: Receipt) -> Any:
    if not receipt.problem:
        return ExportLogsServiceResponse()
    partial = ExportLogsPartialSuccess(
        rejected_log_records=receipt.rejected, error_message=receipt.problem
    )
    return ExportLogsServiceResponse(partial_success=partial)


def _metrics(intake: Intake, body: bytes) -> Receipt:
    request = _parsed(ExportMetricsServiceRequest, body)
    points = 0
    for resource_metrics in request.resource_metrics:
        for scope_metrics in resource_metrics.scope_metrics:
            for metric in scope_metrics.metrics:
                data = metric.WhichOneof("data")
                points += len(getattr(metric, data).data_points) if data else 0
    return intake.drop_metrics(points)


def _json_metrics(intake: Intake, body: bytes) -> Receipt:
    """Take note of metrics in JSON, which are counted no further than that they are there."""
    return intake.drop_metrics(1 if loads(body).get("resourceMetrics") else 0)


def _metrics_response(receipt: Receipt) -> Any:
    if not receipt.problem:
        return ExportMetricsServiceResponse()
    partial = ExportMetricsPartialSuccess(
        rejected_data_points=receipt.rejected, error_message=receipt.problem
    )
    return ExportMetricsServiceResponse(partial_success=partial)


_SERVICE: Final = "/opentelemetry.proto.collector"

TRACES: Final = Signal(
    "/v1/traces",
    f"{_SERVICE}.trace.v1.TraceService/Export",
    "rejectedSpans",
    _spans,
    _json_spans,
    _spans_response,
)
LOGS: Final = Signal(
    "/v1/logs",
    f"{_SERVICE}.logs.v1.LogsService/Export",
    "rejectedLogRecords",
    _logs,
    _json_logs,
    _logs_response,
)
METRICS: Final = Signal(
    "/v1/metrics",
    f"{_SERVICE}.metrics.v1.MetricsService/Export",
    "rejectedDataPoints",
    _metrics,
    _json_metrics,
    _metrics_response,
)
SIGNALS: Final = (TRACES, LOGS, METRICS)
