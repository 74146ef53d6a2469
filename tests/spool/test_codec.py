"""A span that was packed comes back as it was, whatever OpenTelemetry put in it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanContext, Status, StatusCode

from otel_helisession.spool.attribute_values import from_json, to_json
from otel_helisession.spool.letter import parse, write
from otel_helisession.spool.payload import from_text, pack, to_text, unpack
from tests.spool.spans import EPOCH, RESOURCE, SPANS, VALUES, span, told

FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@FEW
@given(SPANS)
def test_any_span_comes_back_as_it_was(one: ReadableSpan) -> None:
    """Every field that the public API tells, with types, order, and lone surrogates."""
    (back,) = unpack(pack([one]))
    assert told(back) == told(one)


@FEW
@given(VALUES)
def test_any_value_comes_back_as_it_was(value: Any) -> None:
    """Also through the text of a file."""
    back = from_json(from_text(to_text(to_json(value))))
    assert repr(back) == repr(value)


@FEW
@given(st.lists(SPANS, max_size=4))
def test_a_dead_letter_is_a_span_too(spans: list[ReadableSpan]) -> None:
    """Its line holds the whole span."""
    letters = [parse(write("helicone", one, "refused", EPOCH)) for one in spans]
    assert [letter and told(letter.span) for letter in letters] == [told(one) for one in spans]


def ended() -> ReadableSpan:
    """Return a span of the SDK's own, of which limits have dropped some."""
    memory = InMemorySpanExporter()
    limits = SpanLimits(
        max_span_attributes=2,
        max_events=1,
        max_links=1,
        max_event_attributes=1,
        max_link_attributes=1,
    )
    provider = TracerProvider(
        resource=Resource({"service.name": "tests"}, "https://example.com/schema"),
        span_limits=limits,
        shutdown_on_exit=False,
    )
    provider.add_span_processor(SimpleSpanProcessor(memory))
    tracer = provider.get_tracer("tests", "1", "https://example.com/scope", {"team": "trips"})
    context = SpanContext(1, 2, True)
    links = [Link(context, {"n": n, "m": n}) for n in range(3)]
    with tracer.start_as_current_span("chat", links=links) as made:
        for number in range(5):
            made.set_attribute(f"number.{number}", number)
            made.add_event("token", {"n": number, "m": number})
        made.set_status(Status(StatusCode.ERROR, "it did not answer"))
    provider.shutdown()
    return memory.get_finished_spans()[0]


def test_what_the_limits_dropped_stays_counted() -> None:
    """Attributes, events, links, and the attributes of those."""
    one = ended()
    (back,) = unpack(pack([one]))
    assert (one.dropped_attributes, one.dropped_events, one.dropped_links) == (3, 4, 2)
    assert one.events[0].dropped_attributes == 1
    assert told(back) == told(one)


def test_an_otlp_exporter_would_send_the_same_bytes() -> None:
    """Which is all that a backend will ever see of it."""
    encoder = pytest.importorskip("opentelemetry.exporter.otlp.proto.common.trace_encoder")
    spans = [ended(), ended()]
    back = unpack(pack(spans))
    assert encoder.encode_spans(back) == encoder.encode_spans(spans)


def test_resources_and_scopes_are_written_once() -> None:
    """A thousand spans of one program share them."""
    spans = [span(f"span {number}") for number in range(1_000)]
    back = unpack(pack(spans))
    assert [one.name for one in back] == [one.name for one in spans]
    assert {id(one.resource) for one in back} == {id(back[0].resource)}
    assert back[0].resource == RESOURCE


def test_what_attributes_cannot_be_becomes_text() -> None:
    """One odd value, as a plain dict of another library's may hold, costs only itself."""

    class Odd:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    deep: Any = "bottom"
    for _ in range(500):
        deep = [deep]
    (back,) = unpack(pack([span("odd", when=EPOCH, odd=Odd(), kind=StatusCode.OK, deep=deep)]))
    assert back.attributes is not None
    assert (back.attributes["odd"], back.attributes["kind"]) == ("Odd", "StatusCode.OK")
    assert "..." in str(back.attributes["deep"])


@pytest.mark.parametrize(
    "content", [b"", b"x", pack([])[:-1], b"[]", to_text([]), to_text({"spans": 1})]
)
def test_what_is_no_parcel_is_refused(content: bytes) -> None:
    """With one kind of error, whatever is wrong."""
    with pytest.raises(ValueError, match="no parcel"):
        unpack(content)


@pytest.mark.parametrize("said", [{}, {"set": []}, {"map": 1}, {"bytes": 1}, {"a": 1, "b": 2}])
def test_an_object_of_another_kind_is_refused(said: Any) -> None:
    """Rather than guessed at."""
    with pytest.raises(ValueError):
        from_json(said)


def test_numbers_that_json_lacks() -> None:
    """Are numbers again."""
    values = (math.inf, -math.inf, math.nan, 2**63, -(2**63), -0.0)
    assert repr(from_json(to_json(values))) == repr(values)
