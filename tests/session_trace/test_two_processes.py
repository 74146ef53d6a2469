"""A session over two processes: one trace, each span id once, the root by its maker."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess

COMMON = """
import json, os, subprocess, sys
from opentelemetry import context, propagate, trace
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from otel_helisession import (
    SessionPropagator, SessionSpanProcessor, SessionTraceExporter, current_session, record,
    session, step,
)

def line(span):
    parent = f"{span.parent.span_id:x}" if span.parent else "-"
    return f"{span.context.trace_id:x} {span.context.span_id:x} {parent} {span.name}" + chr(10)

trace.set_tracer_provider(TracerProvider())
exporter = SessionTraceExporter(ConsoleSpanExporter(formatter=line))
trace.get_tracer_provider().add_span_processor(SessionSpanProcessor(exporter))
w3c = TraceContextTextMapPropagator()
"""

CALLED = (
    COMMON
    + """
carrier = json.loads(os.environ["CARRIER"])
inbound = SessionPropagator(trust_inbound=True).extract(carrier, w3c.extract(carrier))
token = context.attach(inbound)
with trace.get_tracer("app").start_as_current_span("POST /tool", kind=SpanKind.SERVER):
    with record.tool("remote"):
        pass
context.detach(token)
trace.get_tracer_provider().shutdown()
"""
)

CALLER = (
    COMMON
    + """
with session("Trip", path="/trip"):
    with step("research"):
        carrier = dict(current_session().headers)
        w3c.inject(carrier)
        environment = {**os.environ, "CARRIER": json.dumps(carrier)}
        called = subprocess.run(
            [sys.executable, "-c", sys.argv[1]], env=environment, capture_output=True, text=True
        )
        print(called.stdout + called.stderr, end="")
        with record.tool("near"):
            pass
trace.get_tracer_provider().shutdown()
"""
)


def test_a_service_that_is_called_adds_its_requests(
    run_python: Callable[..., CompletedProcess[str]],
) -> None:
    """They hang where the caller was, under a node that its process writes at the end."""
    done = run_python(CALLER, CALLED)
    assert done.stderr == ""
    rows = [line.split(" ", 3) for line in done.stdout.splitlines()]
    names = {span: name for _, span, _, name in rows}
    assert len({row[0] for row in rows}) == 1
    assert len(names) == len(rows)
    above = [(name, names.get(parent, parent[:1])) for _, _, parent, name in rows]
    assert above == [
        ("execute_tool remote", "research"),
        ("execute_tool near", "near"),
        ("near", "research"),
        ("research", "trip"),
        ("trip", "Trip"),
        ("Trip", "-"),
    ]
