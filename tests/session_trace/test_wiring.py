"""The exporter by name, by entry point and behind the stock OTLP exporters; links of traces."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult

from otel_helisession import (
    SessionLinkProcessor,
    SessionSpanProcessor,
    SessionTraceExporter,
    configure,
    session,
)
from otel_helisession.destinations import exporter_for
from otel_helisession.session_trace import ids
from tests.fakes import KeepingExporter
from tests.holding.spans import llm
from tests.servers.otlp import GrpcSink, HttpSink, attributes_of
from tests.session_trace.drawing import said

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}


def run(provider: TracerProvider, exporter: Any) -> str:
    """Run a session, and return its id."""
    processor = SessionSpanProcessor(SessionTraceExporter(exporter))
    provider.add_span_processor(processor)
    with session("Trip", path="/a") as own:
        provider.get_tracer("tests").start_span("chat", attributes=CHAT).end()
    assert processor.shutdown() is True
    return own.id


def shape(spans: list[Span]) -> list[tuple[str, int, int]]:
    return [(one.name, *map(to_int, (one.span_id, one.parent_span_id))) for one in spans]


def to_int(value: bytes) -> int:
    return int.from_bytes(value, "big")


def test_over_http_and_grpc_the_same_trace_arrives(
    provider: TracerProvider, otlp_http: HttpSink, otlp_grpc: GrpcSink
) -> None:
    """Each span once, the root last, one trace id, the link to the original."""
    for sink, exporter in (
        (otlp_http, HttpExporter(endpoint=otlp_http.endpoint)),
        (otlp_grpc, GrpcExporter(endpoint=otlp_grpc.endpoint, insecure=True)),
    ):
        own = run(provider, exporter)
        request, node, root = sink.spans()
        assert {to_int(one.trace_id) for one in sink.spans()} == {ids.trace_id(own)}
        root_id, node_id = ids.node_id(own, "/"), ids.node_id(own, "/a")
        assert shape([node, root]) == [("a", node_id, root_id), ("Trip", root_id, 0)]
        assert to_int(request.parent_span_id) == node_id
        assert len(request.links) == 1
        assert attributes_of(request)["helicone.session.trace.role"] == "request"
        assert root.status.code == Status.STATUS_CODE_UNSET


def test_configure_knows_it_by_name_beside_otlp(
    provider: TracerProvider, otlp_http: HttpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One variable: the original spans and the session's trace go to one backend."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", otlp_http.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    monkeypatch.setenv("HELISESSION_EXPORTERS", "otlp,session_trace")
    handle = configure(tracer_provider=provider, httpx=False)
    with session("Trip", path="/a"):
        provider.get_tracer("tests").start_span("chat", attributes=CHAT).end()
    assert handle.shutdown() is True
    assert sorted(one.name for one in otlp_http.spans()) == ["Trip", "a", "chat", "chat gpt-4o"]
    assert handle.destinations[1].startswith("one trace a session, OTLP over http/protobuf at")


def test_the_entry_point_makes_it_with_its_settings(
    otlp_http: HttpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OTEL_TRACES_EXPORTER=helisession_session_trace, and a file with OTEL_CONFIG_FILE."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", otlp_http.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    group = "opentelemetry_traces_exporter"
    (entry,) = entry_points(group=group, name="helisession_session_trace")
    exporter = entry.load()(owner=True, max_requests=1)
    assert exporter.export([llm("s"), llm("s")]) is SpanExportResult.SUCCESS
    exporter.shutdown()
    assert [one.name for one in otlp_http.spans()] == ["chat", "session"]


def test_what_a_spool_kept_is_resent_as_requests_of_the_trace(
    otlp_http: HttpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another process, which writes no root."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", otlp_http.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    exporter, _ = exporter_for("SessionTraceExporter OTLPSpanExporter")
    exporter.export([llm("s", gen_ai__conversation__id="s")])
    exporter.shutdown()
    assert [one.name for one in otlp_http.spans()] == ["chat"]


@pytest.fixture
def linked(provider: TracerProvider) -> KeepingExporter:
    kept = KeepingExporter()
    provider.add_span_processor(SessionSpanProcessor())
    provider.add_span_processor(SessionLinkProcessor())
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return kept


def turn(provider: TracerProvider, name: str, **attributes: Any) -> None:
    tracer = provider.get_tracer("tests")
    with tracer.start_as_current_span(name, attributes=attributes):
        tracer.start_span("child").end()


def test_each_trace_of_a_session_links_to_the_one_before(
    provider: TracerProvider, linked: KeepingExporter
) -> None:
    """First span to first span; other sessions and spans of none are not in the chain."""
    for name, own in (("one", "s"), ("two", "s"), ("else", "t"), ("three", "s")):
        with session("Chat", id=own):
            turn(provider, name)
    turn(provider, "alone")
    found = {one.context.span_id: one.name for one in linked.spans}
    links = {one.name: [found[link.context.span_id] for link in one.links] for one in linked.spans}
    assert links == {
        "child": [],
        "one": [],
        "two": ["one"],
        "else": [],
        "three": ["two"],
        "alone": [],
    }
    (link,) = next(one for one in linked.spans if one.name == "two").links
    assert dict(link.attributes or {}) == {"helicone.session.link": "previous"}


def test_an_adopted_session_is_linked_too(
    provider: TracerProvider, linked: KeepingExporter
) -> None:
    """An id that another library has written when the span starts."""
    for name in ("one", "two"):
        turn(provider, name, **{"gen_ai.conversation.id": "s"})
    assert [len(one.links) for one in linked.spans if one.name != "child"] == [0, 1]


def test_configure_links_and_stamps_the_bucket_when_asked(
    provider: TracerProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By argument or variable."""
    from otel_helisession.sessions import bucket

    monkeypatch.setattr(bucket, "stamped", False)
    monkeypatch.setenv("HELISESSION_LINK_TRACES", "true")
    kept = KeepingExporter()
    handle = configure(exporters=[kept], tracer_provider=provider, httpx=False, bucket=True)
    for _ in range(2):
        with session("Chat", id="run-1"):
            turn(provider, "turn")
    assert handle.shutdown() is True
    turns = [one for one in kept.spans if one.name == "turn"]
    assert [len(one.links) for one in turns] == [0, 1]
    expected = bucket.bucket("run-1")
    assert {said(one).get("helicone.session.bucket") for one in kept.spans} == {expected}
