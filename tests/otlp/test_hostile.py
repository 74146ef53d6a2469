"""What comes over the wire may be anything."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from otel_helisession.otlp.decoding import spans_of
from otel_helisession.otlp.encoding import request_of
from otel_helisession.otlp.json import request_from_json, request_to_json
from otel_helisession.otlp.values import any_value, python_value


def request(*spans: Span) -> ExportTraceServiceRequest:
    """Return a request of *spans*."""
    group = ResourceSpans(scope_spans=[ScopeSpans(spans=spans)])
    return ExportTraceServiceRequest(resource_spans=[group])


def span(**fields: Any) -> Span:
    """Return a span with ids."""
    return Span(**{"trace_id": b"t" * 16, "span_id": b"s" * 8, **fields})


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"trace_id": b"short"}, "trace_id has 5 bytes; it must have 16, not all zero"),
        ({"trace_id": bytes(16)}, "trace_id has 16 bytes, all zero; it must have 16, not all zero"),
        ({"span_id": b""}, "span_id has 0 bytes; it must have 8, not all zero"),
        ({"parent_span_id": b"long" * 3}, "parent_span_id has 12 bytes; it must have 8, or none"),
    ],
)
def test_a_span_without_ids_is_refused(fields: dict[str, Any], problem: str) -> None:
    """It is named and passed over, and raised where nobody wants to be told."""
    refused: list[str] = []
    both = request(span(**fields), span(name="good"))
    assert [one.name for one in spans_of(both, refused.append)] == ["good"]
    assert refused == [problem]
    with pytest.raises(ValueError, match=problem.split(";")[0]):
        list(spans_of(both))


def test_what_nobody_defined_has_a_default() -> None:
    """Kinds and codes of tomorrow, a parent of zeros, links without ids, broken trace states."""
    odd = span(kind=99, trace_state="=;,", parent_span_id=bytes(8), links=[Span.Link()])  # type: ignore[arg-type]
    odd.status.code = 77  # type: ignore[assignment]
    odd.attributes.add(key="", value=AnyValue(string_value="nameless"))
    odd.attributes.add(key="empty")
    (found,) = spans_of(request(odd))
    context = found.get_span_context()
    assert context is not None
    assert (found.kind, found.status.status_code) == (SpanKind.INTERNAL, StatusCode.UNSET)
    assert (found.parent, found.links, dict(context.trace_state)) == (None, (), {})
    assert dict(found.attributes or {}) == {"empty": None}


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes_are_spans_or_refused(wire: bytes) -> None:
    """What protobuf takes for a request is decoded, whatever it is."""
    try:
        parsed = ExportTraceServiceRequest.FromString(wire)
    except Exception:
        return
    list(spans_of(parsed, lambda problem: None))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
span_fields = [
    *("traceId", "spanId", "parentSpanId", "flags", "name", "kind", "startTimeUnixNano"),
    *("attributes", "droppedAttributesCount", "events", "links", "status", "traceState"),
]
value_fields = ["stringValue", "intValue", "doubleValue", "boolValue", "bytesValue", "arrayValue"]


@given(
    st.dictionaries(st.sampled_from(span_fields), json_values),
    st.dictionaries(st.sampled_from([*value_fields, "kvlistValue"]), json_values, max_size=1),
)
@settings(deadline=None)
def test_any_json_is_a_request_or_a_value_error(said: Any, value: Any) -> None:
    """A field of the wrong type is named; nothing else is ever raised."""
    for one in ({"attributes": [{"key": "k", "value": value}]}, said):
        line = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [one]}]}]})
        with suppress(ValueError):
            list(spans_of(request_from_json(line), lambda problem: None))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("[]", "OTLP's JSON is an object, not an array"),
        ("{", "this is no JSON: Expecting property name"),
        ("[" * 100_000, "nests too deep"),
        (b"\xff\xfe\xff", "codec can't decode"),
        ('{"resourceSpans": 1}', "resourceSpans must be an array of objects, not 1"),
        ('{"resourceSpans": [{"resource": "x"}]}', "resource must be an object, not 'x'"),
    ],
)
def test_what_is_no_request_is_said(line: Any, problem: str) -> None:
    """The message says what was wrong, where, and what is accepted."""
    with pytest.raises(ValueError, match=problem):
        request_from_json(line)


def test_json_of_a_lenient_writer_is_read() -> None:
    """Enums by name, numbers for digits, null for nothing, base64 for the web, unknown fields."""
    value = {"bytesValue": "-_8"}
    said = {"traceId": "0a" * 16, "spanId": "0b" * 8, "kind": "SPAN_KIND_CLIENT", "links": None}
    said.update(startTimeUnixNano=5.0, novel={"x": 1}, attributes=[{"key": "b", "value": value}])
    line = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [said]}]}]})
    (found,) = spans_of(request_from_json(line))
    assert (found.kind, found.start_time, found.attributes["b"]) == (
        SpanKind.CLIENT,
        5,
        b"\xfb\xff",
    )


def test_any_value_can_be_encoded() -> None:
    """What OTLP has no word for becomes text; what is too deep, or no text, is mended."""
    deep: Any = "end"
    for _ in range(500):
        deep = [deep]
    assert any_value(2**70).string_value == str(2**70)
    assert any_value(10**5_000).string_value[:2] == "0x"
    assert any_value("\ud800x").string_value == "?x"
    assert any_value(object).string_value == "<class 'object'>"
    assert python_value(any_value({1: ["a", None]})) == {"1": ("a", None)}
    wire = AnyValue.FromString(any_value(deep).SerializeToString())
    assert "..." in str(python_value(wire))
    assert request_to_json(request(Span(attributes=[KeyValue(value=any_value(deep))])))


def test_odd_spans_can_be_encoded() -> None:
    """No times, no resource to speak of; one without a context is left out."""
    (found,) = spans_of(request_of([*spans_of(request(span())), ReadableSpan("no context")]))
    assert (found.name, found.start_time) == ("", 0)
