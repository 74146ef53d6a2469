"""The destinations of the fault suite: a sound server, an exporter, and what has arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.exporters.helicone import HeliconeSpanExporter
from tests.helicone.endpoint import KEY, PATHS, Arrival, FakeHelicone
from tests.servers.otlp import GrpcSink, HttpSink

PATIENCE_SECONDS: Final = 1
"""How long an exporter here waits for a server: short, so that a fault is soon one."""


@dataclass(frozen=True)
class Destination:
    """Somewhere spans go.

    Attributes:
        server: The sink, to be told what is wrong with it.
        port: Where it listens.
        exporter: Makes an exporter that sends to a port on 127.0.0.1.
        arrived: How often each span has arrived, by the name that the test gave it.
        knows_ids: Whether a span that arrives twice is there once.
    """

    server: Any
    port: int
    exporter: Callable[[int], SpanExporter]
    arrived: Callable[[], Counter[str]]
    knows_ids: bool = False


class StoringHelicone(FakeHelicone):
    """Knows what it has stored: by Helicone's request id, the span that the log is of."""

    def __init__(self) -> None:
        super().__init__("worker")
        self.stored: dict[str, str] = {}

    def _answer(self, arrival: Arrival) -> Any:
        answer = super()._answer(arrival)
        if isinstance(answer, tuple) and "helicone-id" in answer[1]:
            self.stored[arrival.id] = arrival.log["toolName"]
        return answer


@contextmanager
def otlp_over_http() -> Iterator[Destination]:
    """The stock OTLP exporter over HTTP."""
    module = pytest.importorskip("opentelemetry.exporter.otlp.proto.http.trace_exporter")

    def exporter(port: int) -> SpanExporter:
        made: SpanExporter = module.OTLPSpanExporter(
            f"http://127.0.0.1:{port}/v1/traces", timeout=PATIENCE_SECONDS
        )
        return made

    with HttpSink() as sink:
        yield Destination(sink, sink.http.port, exporter, lambda: _names(sink))


@contextmanager
def otlp_over_grpc() -> Iterator[Destination]:
    """The stock OTLP exporter over gRPC."""
    module = pytest.importorskip("opentelemetry.exporter.otlp.proto.grpc.trace_exporter")

    def exporter(port: int) -> SpanExporter:
        made: SpanExporter = module.OTLPSpanExporter(
            f"http://127.0.0.1:{port}", insecure=True, timeout=PATIENCE_SECONDS
        )
        return made

    with GrpcSink() as sink:
        port = int(sink.endpoint.rpartition(":")[2])
        yield Destination(sink, port, exporter, lambda: _names(sink))


@contextmanager
def helicone() -> Iterator[Destination]:
    """Helicone's logging endpoint."""

    def exporter(port: int) -> SpanExporter:
        url = f"http://127.0.0.1:{port}{PATHS['worker'][0]}"
        return HeliconeSpanExporter(KEY, url, timeout_seconds=PATIENCE_SECONDS)

    with StoringHelicone() as server:
        port = int(server.origin.rpartition(":")[2])
        yield Destination(
            server, port, exporter, lambda: Counter(server.stored.values()), knows_ids=True
        )


def _names(sink: HttpSink | GrpcSink) -> Counter[str]:
    """Count by span id, too: two spans of one name would be a fault of ours."""
    spans = list(sink.spans())
    assert len({span.span_id for span in spans}) == len({span.name for span in spans})
    return Counter(span.name for span in spans)


NETWORKED: Final = {
    "OTLP over HTTP": otlp_over_http,
    "OTLP over gRPC": otlp_over_grpc,
    "Helicone": helicone,
}
