"""The probe: a session of two traces, as an agent would make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, Status, StatusCode

from otel_helisession import semconv
from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions.scope import session

NAME: Final = "otel-helisession doctor"
"""The name of the probe's session."""

SERVICE: Final = "otel-helisession-doctor"
"""The service of its spans, which Jaeger is asked for."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A session to send.

    Attributes:
        id: Its id.
        spans: Its spans, stamped and ended.
    """

    id: str
    spans: tuple[ReadableSpan, ...]


def probe() -> Probe:
    """Make a session of four spans in two traces: an agent, a model's call, a tool that failed,
    and a second turn. It has no content, and nothing that could be taken for a secret."""
    exporter = InMemorySpanExporter()
    resource = Resource({"service.name": SERVICE})
    provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(SessionSpanProcessor(exporter))
    tracer = provider.get_tracer("otel_helisession.diagnosis")
    with session(NAME, path="/probe", user_id="doctor") as made:
        with tracer.start_as_current_span("invoke_agent doctor"):
            chat: dict[str, str | int] = {
                semconv.OPERATION_NAME: "chat",
                semconv.REQUEST_MODEL: "no-model",
                semconv.PROVIDER_NAME: "none",
                semconv.INPUT_TOKENS: 12,
                semconv.OUTPUT_TOKENS: 3,
            }
            tracer.start_span("chat no-model", kind=SpanKind.CLIENT, attributes=chat).end()
            tool = {semconv.OPERATION_NAME: "execute_tool", semconv.TOOL_NAME: "look"}
            with tracer.start_as_current_span("execute_tool look", attributes=tool) as span:
                span.set_status(Status(StatusCode.ERROR, "a probe's error; nothing is wrong"))
        with tracer.start_as_current_span("second turn"):
            pass
    provider.force_flush()
    spans = exporter.get_finished_spans()
    provider.shutdown()
    return Probe(made.id, spans)
