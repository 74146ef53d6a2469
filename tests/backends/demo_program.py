"""A program to run: two trips of the demo, through a stock OTLP exporter.

    python -m tests.backends.demo_program grpc|http ENDPOINT

Prints the spans that it sent, as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_helisession import SessionSpanProcessor
from otel_helisession.demo.run import run
from otel_helisession.demo.trip import trips


def _exporter(protocol: str, endpoint: str) -> Any:
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as Grpc

        return Grpc(endpoint=endpoint, insecure=True)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as Http

    return Http(endpoint=endpoint)


def _told(span: ReadableSpan) -> dict[str, Any]:
    context, parent = span.get_span_context(), span.parent
    return {
        "trace": f"{context.trace_id:032x}",
        "span": f"{context.span_id:016x}",
        "parent": f"{parent.span_id:016x}" if parent else "",
        "name": span.name,
        "session": (span.attributes or {}).get("helicone.session.id", ""),
        "path": (span.attributes or {}).get("helicone.session.path", ""),
        "error": not span.status.is_ok,
    }


def main(protocol: str, endpoint: str) -> None:
    """Run it."""
    provider = TracerProvider(resource=Resource.create({"service.name": "trips"}))
    kept = InMemorySpanExporter()
    processor = SessionSpanProcessor(_exporter(protocol, endpoint), kept)
    provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    run(trips(2), tracer_provider=provider)
    assert processor.force_flush(30_000)
    provider.shutdown()
    json.dump([_told(span) for span in kept.get_finished_spans()], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
