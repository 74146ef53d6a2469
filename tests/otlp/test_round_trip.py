"""What is encoded is decoded as it was: ours, the stock encoder's, and as JSON."""

from __future__ import annotations

import json
from importlib.metadata import version

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.otlp.decoding import spans_of
from otel_helisession.otlp.encoding import request_of
from otel_helisession.otlp.json import request_from_json, request_to_json
from tests.otlp.facts import facts
from tests.otlp.strategies import spans


@given(st.lists(spans(), max_size=3))
@settings(deadline=None, max_examples=60)
def test_a_span_comes_back_from_our_encoder(made: list[ReadableSpan]) -> None:
    """Every field of every span, in the order of their resources and scopes."""
    wire = request_of(made).SerializeToString()
    found = list(spans_of(ExportTraceServiceRequest.FromString(wire)))
    assert sorted(map(str, map(facts, found))) == sorted(map(str, map(facts, made)))


VERSION = tuple(map(int, version("opentelemetry-exporter-otlp-proto-common").split(".")[:2]))
recent = pytest.mark.skipif(VERSION < (1, 40), reason="older encoders lose structured values")


@recent
@given(spans())
@settings(deadline=None, max_examples=60)
def test_a_span_comes_back_from_the_stock_encoder(made: ReadableSpan) -> None:
    """All that the SDK's encoder sends is read, which is all but trace states of links."""
    (found,) = spans_of(encode_spans([made]))
    assert facts(found, link_states=False) == facts(made, link_states=False)


@recent
@given(spans())
@settings(deadline=None, max_examples=60)
def test_the_stock_encoder_says_the_same(made: ReadableSpan) -> None:
    """Our message is the stock one but for W3C's flags, and trace states of links."""
    (ours,), (theirs,) = request_of([made]).resource_spans, encode_spans([made]).resource_spans
    span = ours.scope_spans[0].spans[0]
    assert span.flags & 0xFF == 1
    span.flags &= ~0xFF
    for link in span.links:
        link.flags &= ~0xFF
        link.trace_state = ""
    if made.instrumentation_scope is None:
        theirs.scope_spans[0].ClearField("scope")
    assert ours == theirs


@given(st.lists(spans(), max_size=3))
@settings(deadline=None, max_examples=60)
def test_json_says_what_protobuf_says(made: list[ReadableSpan]) -> None:
    """One line of ASCII, ids in hexadecimal, and nothing lost on the way back."""
    request = request_of(made)
    line = request_to_json(request)
    assert line.isascii()
    assert "\n" not in line
    assert [*map(facts, spans_of(request_from_json(line)))] == [*map(facts, spans_of(request))]
    assert request_to_json(request_from_json(line)) == line


def test_json_is_as_the_specification_shows_it() -> None:
    """The example of the specification's repository, in its own spelling."""
    said = {
        "traceId": "5B8EFFF798038103D269B633813FC60C",
        "spanId": "EEE19B7EC3C1B174",
        "parentSpanId": "EEE19B7EC3C1B173",
        "name": "I'm a server span",
        "startTimeUnixNano": "1544712660000000000",
        "endTimeUnixNano": "1544712661000000000",
        "kind": 2,
        "attributes": [{"key": "my.span.attr", "value": {"stringValue": "some value"}}],
    }
    line = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [said]}]}]})
    (span,) = spans_of(request_from_json(line))
    assert facts(span)["attributes"] == {"my.span.attr": "some value"}
    assert f"{span.get_span_context().trace_id:X}" == said["traceId"]
    again = json.loads(request_to_json(request_from_json(line)))
    said.update(traceId=said["traceId"].lower(), spanId=said["spanId"].lower())
    said.update(parentSpanId=said["parentSpanId"].lower())
    assert again["resourceSpans"][0]["scopeSpans"][0]["spans"] == [said]
