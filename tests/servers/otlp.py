"""OTLP trace sinks on loopback, over gRPC and HTTP, decoded with opentelemetry-proto."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Any

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)

from tests.servers.echo import EchoServer, Request

if TYPE_CHECKING:
    from opentelemetry.proto.trace.v1.trace_pb2 import Span


class _Sink:
    """What both sinks share: the requests in order of arrival, and how they are answered.

    Attributes:
        requests: The requests that were accepted.
        refused: The requests that were answered with an error.
        delay_seconds: How long each answer takes.
        partial: How many spans an answer of success says were rejected, and why.
    """

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        self.refused: list[ExportTraceServiceRequest] = []
        self.delay_seconds = 0.0
        self.partial = (0, "")
        self._released = threading.Event()

    def spans(self) -> list[Span]:
        """Return every accepted span, in order of arrival."""
        return [span for request in self.requests for span in spans_of(request)]

    def success(self) -> ExportTraceServiceResponse:
        """Return the answer to a request that is accepted, as far as *partial* says."""
        response = ExportTraceServiceResponse()
        if any(self.partial):
            partial = response.partial_success
            partial.rejected_spans, partial.error_message = self.partial
        return response

    def keep(self, request: ExportTraceServiceRequest, accepted: bool) -> None:
        """Keep *request*, after the delay."""
        self._released.wait(self.delay_seconds)
        (self.requests if accepted else self.refused).append(request)

    def release(self) -> None:
        """End all delays, now and later."""
        self.delay_seconds = 0.0
        self._released.set()


def spans_of(request: ExportTraceServiceRequest) -> Iterator[Span]:
    """Iterate over the spans of one request."""
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            yield from scope_spans.spans


def attributes_of(span: Span) -> dict[str, Any]:
    """Return the attributes of an OTLP span whose values are single."""
    return {
        pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in span.attributes
    }


class HttpSink(_Sink):
    """OTLP over HTTP; *endpoint* is what its OTLPSpanExporter takes.

    Attributes:
        status: The HTTP status of the answers; 200 accepts.
        http: The server beneath, with the HTTP requests.
    """

    def __init__(self) -> None:
        super().__init__()
        self.status = 200
        self.http = _TraceServer(self)
        self.endpoint = self.http.url + "/v1/traces"

    def __enter__(self) -> HttpSink:
        self.http.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
        self.http.__exit__(kind, error, trace)


class _TraceServer(EchoServer):
    def __init__(self, sink: HttpSink) -> None:
        super().__init__()
        self._sink = sink

    def answer(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        gzipped = request.headers.get("content-encoding") == "gzip"
        body = gzip.decompress(request.body) if gzipped else request.body
        accepted = self._sink.status == 200
        self._sink.keep(ExportTraceServiceRequest.FromString(body), accepted)
        answer = self._sink.success().SerializeToString()
        return self._sink.status, {"content-type": "application/x-protobuf"}, answer


class GrpcSink(_Sink):
    """OTLP over gRPC; *endpoint* is what its OTLPSpanExporter takes, with ``insecure=True``.

    Attributes:
        status: None accepts; or the grpc.StatusCode of the answers.

    Args:
        port: Where it listens; a free port when 0.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__()
        self.status: grpc.StatusCode | None = None
        self._server = grpc.server(ThreadPoolExecutor(4))
        add_TraceServiceServicer_to_server(_TraceService(self), self._server)
        bound = self._server.add_insecure_port(f"127.0.0.1:{port}")
        self.endpoint = f"http://127.0.0.1:{bound}"

    def __enter__(self) -> GrpcSink:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
        self._server.stop(grace=None).wait(5)


class _TraceService(TraceServiceServicer):  # type: ignore[misc]
    def __init__(self, sink: GrpcSink) -> None:
        self._sink = sink

    def Export(
        self, request: ExportTraceServiceRequest, context: grpc.ServicerContext
    ) -> ExportTraceServiceResponse:
        self._sink.keep(request, self._sink.status is None)
        if self._sink.status is not None:
            context.abort(self._sink.status, "told to refuse")
        return self._sink.success()
