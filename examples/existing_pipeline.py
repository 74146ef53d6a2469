"""Beside a pipeline that exists: one processor is added, and nothing else changes.

The provider, the BatchSpanProcessor and the exporter stand for yours. With
OTEL_EXPORTER_OTLP_ENDPOINT set the exporter is OTLP over HTTP; otherwise one that keeps
the spans, so that they can be printed here.

    pip install 'otel-helisession[demo,otlp]'
    python examples/existing_pipeline.py
"""

import os

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_helisession import SessionSpanExporter, SessionSpanProcessor, record, session


def your_exporter() -> SpanExporter:
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()
    return InMemorySpanExporter()


def handle_message(tracer: trace.Tracer) -> None:
    with (
        tracer.start_as_current_span("handle message"),
        record.tool("find_order", arguments={"order": 4711}) as call,
    ):
        call.result = {"status": "shipped"}


def main() -> None:
    exporter = your_exporter()
    provider = TracerProvider(resource=Resource.create({"service.name": "your-service"}))
    # Wrapping the exporter is optional: it makes paths final where a library says late what
    # its span is. Without it they are as good as they were when the span ended.
    provider.add_span_processor(BatchSpanProcessor(SessionSpanExporter(exporter)))
    provider.add_span_processor(SessionSpanProcessor())  # the one line that is needed
    trace.set_tracer_provider(provider)

    tracer = trace.get_tracer("your.application")
    with tracer.start_as_current_span("before any session"):
        pass
    with session("Support chat", id="chat-4711", path="/support", properties={"plan": "pro"}):
        handle_message(tracer)

    provider.shutdown()
    if isinstance(exporter, InMemorySpanExporter):
        for span in exporter.get_finished_spans():
            told = span.attributes or {}
            where = f"{told.get('session.id', '-'):12}{told.get('helicone.session.path', '-'):22}"
            print(where, span.name)


if __name__ == "__main__":
    main()
