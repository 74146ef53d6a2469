"""One trace a session, in a real Jaeger and a real Tempo: the tree, once, however long."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import (
    DeliverySettings,
    SessionSpanProcessor,
    SessionTraceExporter,
    session,
)
from otel_helisession.session_trace import ids
from tests.backends.jaeger import Jaeger
from tests.backends.processes import until
from tests.backends.tempo import Tempo

SERVICE = "session-traces"

Pipeline = Callable[..., tuple[Any, SessionSpanProcessor]]


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    """Return ``pipeline("HOST:PORT")``: a tracer whose sessions are single traces there."""
    made: list[TracerProvider] = []

    def start(address: str) -> tuple[Any, SessionSpanProcessor]:
        stock = OTLPSpanExporter(endpoint=f"http://{address}", insecure=True)
        exporter = SessionTraceExporter(stock, owner=True, idle_seconds=2.0, settle_seconds=1.0)
        settings = DeliverySettings(schedule_delay_millis=50, max_queue_size=20_000)
        processor = SessionSpanProcessor(exporter, settings=settings)
        provider = TracerProvider(
            resource=Resource.create({"service.name": SERVICE}), shutdown_on_exit=False
        )
        provider.add_span_processor(processor)
        made.append(provider)
        return provider.get_tracer("tests"), processor

    yield start
    for provider in made:
        provider.shutdown()


def call(tracer: Any, model: str = "m1", **times: int) -> None:
    """End a call to a model, of 10 tokens in and 5 out."""
    span = tracer.start_span("call", start_time=times.get("start"))
    span.set_attribute("gen_ai.operation.name", "chat")
    span.set_attribute("gen_ai.request.model", model)
    span.set_attribute("gen_ai.usage.input_tokens", 10)
    span.set_attribute("gen_ai.usage.output_tokens", 5)
    span.end(times.get("end"))


def turn(tracer: Any, name: str, calls: int = 1) -> None:
    """Make one trace: a task with *calls* in it."""
    with tracer.start_as_current_span(name) as span:
        span.set_attribute("traceloop.span.kind", "task")
        span.set_attribute("traceloop.entity.name", name)
        for _ in range(calls):
            call(tracer)


def in_jaeger(jaeger: Jaeger, identity: str) -> list[dict[str, Any]]:
    """Return the spans of the one trace that a search for the session's id finds."""
    found = jaeger.traces(SERVICE, {"helicone.session.id": identity})
    assert len(found) <= 1
    return [span for trace in found for span in trace["spans"]]


def drawn(spans: list[dict[str, Any]]) -> list[str]:
    """Return the tree that Jaeger draws, one line a span."""
    below: dict[str, list[dict[str, Any]]] = {}
    for span in spans:
        parents = [one["spanID"] for one in span["references"] if one["refType"] == "CHILD_OF"]
        below.setdefault(parents[0] if parents else "", []).append(span)
    lines = []

    def draw(parent: str, indent: str) -> None:
        for span in sorted(below.get(parent, []), key=lambda one: one["startTime"]):
            lines.append(indent + span["operationName"])
            draw(span["spanID"], indent + "  ")

    draw("", "")
    return lines


def tags(span: dict[str, Any]) -> dict[str, Any]:
    """Return a span's tags."""
    return {tag["key"]: tag["value"] for tag in span["tags"]}


def test_jaeger_draws_the_session(jaeger: Jaeger, pipeline: Pipeline) -> None:
    """Two traces of the program are one tree: session, path, calls; with totals, and once."""
    tracer, processor = pipeline(jaeger.otlp)
    with session("Trip planner", path="/trip") as own:
        turn(tracer, "research", calls=2)
        turn(tracer, "book")
    assert until(lambda: processor.force_flush(5_000) and len(in_jaeger(jaeger, own.id)) == 7)
    spans = in_jaeger(jaeger, own.id)
    chat = "      chat m1"
    assert drawn(spans) == ["Trip planner", "  trip", "    research", chat, chat, "    book", chat]
    root = next(span for span in spans if span["operationName"] == "Trip planner")
    assert tags(root)["helicone.session.total.requests"] == 3
    assert tags(root)["helicone.session.total.input_tokens"] == 30
    assert root["traceID"] == f"{ids.trace_id(own.id):032x}"


def test_tempo_has_the_session_as_one_trace(tempo: Tempo, pipeline: Pipeline) -> None:
    """TraceQL finds the root by the session's id, and the trace has each span once."""
    tracer, processor = pipeline(tempo.otlp)
    with session("Trip planner", path="/trip") as own:
        turn(tracer, "research", calls=2)
        turn(tracer, "book")
    assert processor.force_flush(5_000)
    query = f'{{ nestedSetParent < 0 && span.helicone.session.id = "{own.id}" }}'
    assert until(lambda: bool(tempo.search(query)))
    (found,) = tempo.search(query)
    assert found["rootTraceName"] == "Trip planner"
    assert until(lambda: len(tempo.trace(found["traceID"].zfill(32))) >= 7)
    names = [span["name"] for span in tempo.trace(found["traceID"].zfill(32))]
    assert sorted(names) == sorted(
        ["Trip planner", "trip", "research", "chat m1", "chat m1", "book", "chat m1"]
    )


def test_a_session_of_5000_requests_fits(tempo: Tempo, pipeline: Pipeline) -> None:
    """The trace is bounded, so Tempo keeps it; the root has counted them all."""
    tracer, processor = pipeline(tempo.otlp)
    with session("Long", path="/work") as own:
        for _ in range(5_000):
            call(tracer)
    assert until(lambda: processor.force_flush(10_000), 60)
    query = f'{{ nestedSetParent < 0 && span.helicone.session.id = "{own.id}" }}'
    assert until(lambda: bool(tempo.search(query)))
    trace = tempo.trace(tempo.search(query)[0]["traceID"].zfill(32))
    root = next(span for span in trace if span["name"] == "Long")
    said = {one["key"]: one["value"] for one in root["attributes"]}
    assert said["helicone.session.total.requests"] == {"intValue": "5000"}
    assert 1_900 <= len(trace) <= 2_010


def test_a_late_request_hangs_under_its_node(jaeger: Jaeger, pipeline: Pipeline) -> None:
    """What ends after the session was written is in the tree, and in no total."""
    tracer, processor = pipeline(jaeger.otlp)
    with session("Trip planner", path="/trip") as own:
        call(tracer)
    assert until(lambda: processor.force_flush(5_000) and len(in_jaeger(jaeger, own.id)) == 3)
    with session("Trip planner", id=own.id, path="/trip"):
        call(tracer, "late")
    assert until(lambda: processor.force_flush(5_000) and len(in_jaeger(jaeger, own.id)) >= 4)
    time.sleep(1)
    processor.force_flush(5_000)
    spans = in_jaeger(jaeger, own.id)
    assert drawn(spans) == ["Trip planner", "  trip", "    chat m1", "    chat late"]


def test_clocks_that_disagree_leave_the_tree_whole(jaeger: Jaeger, pipeline: Pipeline) -> None:
    """A call that seems to end before it starts, an hour away, has its place."""
    tracer, processor = pipeline(jaeger.otlp)
    now = time.time_ns()
    with session("Trip planner", path="/trip") as own:
        call(tracer)
        call(tracer, "skewed", start=now - 3_500_000_000_000, end=now - 3_501_000_000_000)
    assert until(lambda: processor.force_flush(5_000) and len(in_jaeger(jaeger, own.id)) == 4)
    tree = drawn(in_jaeger(jaeger, own.id))
    assert sorted(tree) == sorted(["Trip planner", "  trip", "    chat m1", "    chat skewed"])


def test_two_sessions_with_one_id_and_two_names_are_one_trace(
    jaeger: Jaeger, pipeline: Pipeline
) -> None:
    """The id says which session it is; the first name stands at its root."""
    tracer, processor = pipeline(jaeger.otlp)
    identity = f"twice-{uuid.uuid4().hex}"
    with session("First", id=identity, path="/trip"):
        call(tracer)
    with session("Second", id=identity, path="/trip"):
        call(tracer)
    assert until(lambda: processor.force_flush(5_000) and len(in_jaeger(jaeger, identity)) == 4)
    tree = drawn(in_jaeger(jaeger, identity))
    assert tree[1:] == ["  trip", "    chat m1", "    chat m1"]
    assert tree[0] in ("First", "Second")
