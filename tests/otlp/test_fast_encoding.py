"""The encoding of our own is the SDK's, byte for byte, on spans of any content."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import Link, SpanContext, Status, StatusCode

from otel_helisession import SessionSpanProcessor, session
from otel_helisession.exporters.fast_otlp import FastOTLPSpanExporter
from otel_helisession.otlp.fast_encoding import encode
from tests.otlp.strategies import spans
from tests.servers.echo import EchoServer
from tests.servers.otlp import HttpSink, attributes_of, spans_of


def stock(made: list[ReadableSpan]) -> bytes:
    return bytes(encode_spans(made).SerializePartialToString())


@given(st.lists(spans(), max_size=4))
@settings(deadline=None, max_examples=400)
def test_spans_of_any_content_are_the_same_bytes(made: list[ReadableSpan]) -> None:
    """Every field, in its order; twice, because attributes are kept as bytes."""
    assert encode(made) == stock(made)
    assert encode([*made, *made]) == stock([*made, *made])


def real(provider: TracerProvider, **attributes: Any) -> ReadableSpan:
    """Return a span of the SDK's, with more of everything than its limits allow."""
    far = SpanContext(5, 6, is_remote=True)
    span = provider.get_tracer("tests", "1").start_span("wörk", links=[Link(far)] * 5)
    span.set_attributes({**attributes, **{f"key {number}": number for number in range(9)}})
    for number in range(5):
        span.add_event("event", {"number": number, "more": "x"})
    span.set_status(Status(StatusCode.ERROR, "no"))
    span.end()
    assert isinstance(span, ReadableSpan)
    return span


def test_what_limits_dropped_is_counted_alike() -> None:
    """Attributes, events and links of a span, and attributes of an event."""
    limits = SpanLimits(max_attributes=3, max_events=2, max_links=2, max_event_attributes=1)
    resource = Resource({"service.name": "s", "pid": 7}, "https://schema")
    provider = TracerProvider(resource=resource, span_limits=limits, shutdown_on_exit=False)
    made = [real(provider) for _ in range(3)]
    assert (made[0].dropped_attributes, made[0].dropped_events) == (6, 3)
    assert encode(made) == stock(made)


def test_one_and_true_are_two_values() -> None:
    """And so are 0 and False, 1.0, and the text, though a dict takes some for the same."""
    values: list[Any] = [
        1,
        True,
        1.0,
        "1",
        0,
        False,
        0.0,
        "",
        2**63 - 1,
        -(2**63),
        b"",
        (),
        {},
        None,
    ]
    for value in values * 2:
        made = [ReadableSpan("a", SpanContext(1, 2, False), attributes={"a": value})]
        assert encode(made) == stock(made)


@pytest.mark.parametrize("odd", [2**63, "\ud800", object(), ["\ud800"], {"a": 2**70}], ids=repr)
def test_what_otlp_cannot_hold_is_left_out(odd: Any, lenient: None) -> None:
    """The attribute alone, as there."""
    made = [ReadableSpan("a", SpanContext(1, 2, False), attributes={"a": odd, "b": 1})]
    assert encode(made) == stock(made)


@pytest.mark.parametrize(
    ("compression", "unpacked"),
    [
        (Compression.NoCompression, bytes),
        (Compression.Gzip, gzip.decompress),
        (Compression.Deflate, zlib.decompress),
    ],
)
def test_the_sdks_exporter_sends(
    compression: Compression, unpacked: Callable[[bytes], bytes], provider: TracerProvider
) -> None:
    """With its headers and its compression, and what it is told of comes back."""
    with EchoServer() as server:
        exporter = FastOTLPSpanExporter(
            endpoint=server.url, headers={"x-team": "a"}, compression=compression
        )
        processor = SessionSpanProcessor(exporter)
        provider.add_span_processor(processor)
        with session("Trip planner", id="t-1"):
            provider.get_tracer("tests").start_span("work").end()
        processor.force_flush()
        (request,) = server.requests
    (span,) = spans_of(ExportTraceServiceRequest.FromString(unpacked(request.body)))
    assert (span.name, attributes_of(span)["session.id"]) == ("work", "t-1")
    assert request.headers["x-team"] == "a"


def test_a_failure_is_a_failure(provider: TracerProvider) -> None:
    """And what was sent once is not sent again with the next."""
    with HttpSink() as sink:
        exporter = FastOTLPSpanExporter(endpoint=sink.endpoint)
        made = [ReadableSpan("a", SpanContext(1, 2, False))]
        sink.status = 400
        assert exporter.export(made) is SpanExportResult.FAILURE
        sink.status = 200
        assert exporter.export(made) is SpanExportResult.SUCCESS
        assert [span.name for span in sink.spans()] == ["a"]
        assert exporter.force_flush() is True
        exporter.shutdown()
        assert exporter.export(made) is SpanExportResult.FAILURE


def test_a_span_that_cannot_be_said_is_a_failure(lenient: None) -> None:
    """Nothing is sent, and nothing raises."""
    with HttpSink() as sink:
        exporter = FastOTLPSpanExporter(endpoint=sink.endpoint)
        odd = ReadableSpan("\ud800", SpanContext(1, 2, False))
        assert exporter.export([odd]) is SpanExportResult.FAILURE
        assert sink.requests == []
