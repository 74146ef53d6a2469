"""Recordings of real libraries: exact as JSON, and what the matrix and Helicone make of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace.span import TraceState

from tests import recordings
from tests.compatibility import golden, matrix, paths
from tests.compatibility.row import Row, rows

ROWS = rows()
RECORDED = [row for row in ROWS if recordings.path(row.name).exists()]


def fields(span: ReadableSpan) -> dict[str, Any]:
    """Everything that a span says."""
    return {
        "name": span.name,
        "kind": span.kind,
        "context": span.get_span_context(),
        "parent": span.parent,
        "times": (span.start_time, span.end_time),
        "status": (span.status.status_code, span.status.description),
        "attributes": dict(span.attributes or {}),
        "events": [(one.name, one.timestamp, dict(one.attributes or {})) for one in span.events],
        "links": [(one.context, dict(one.attributes or {})) for one in span.links],
        "resource": (span.resource.attributes, span.resource.schema_url),
        "scope": span.instrumentation_scope,
        "dropped": (span.dropped_attributes, span.dropped_events, span.dropped_links),
    }


def full_span() -> ReadableSpan:
    """A span with something in every field."""
    memory = InMemorySpanExporter()
    provider = TracerProvider(
        resource=Resource({"service.name": "tests"}, "https://example.com/resource"),
        span_limits=SpanLimits(max_events=1, max_span_attributes=4),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(SimpleSpanProcessor(memory))
    tracer = provider.get_tracer("a library", "1.2", "https://example.com/scope", {"public": True})
    far = SpanContext(7, 8, True, TraceFlags(1), TraceState([("ot", "rv:1")]))
    span = tracer.start_span(
        "chat",
        set_span_in_context(NonRecordingSpan(far)),
        kind=SpanKind.CLIENT,
        links=[Link(far, {"why": "a retry"})],
    )
    for name, value in {"dropped": 0, "a": "é", "b": 1.5, "c": ("x", "y"), "d": (1, 2)}.items():
        span.set_attribute(name, value)
    span.add_event("lost")
    span.add_event("exception", {"exception.type": "ValueError"}, 1_000)
    span.set_status(Status(StatusCode.ERROR, "no answer"))
    span.end()
    return memory.get_finished_spans()[0]


def test_a_span_comes_back_as_it_was() -> None:
    """Every field, what limits dropped included, through text."""
    span = full_span()
    again = recordings.load_span(json.loads(json.dumps(recordings.dump_span(span))))
    assert fields(again) == fields(span)
    assert fields(again)["dropped"] == (1, 1, 0)


def test_a_span_that_says_nothing_comes_back() -> None:
    """Times that are not known, no scope, no attributes."""
    span = ReadableSpan("bare", SpanContext(1, 2, False), resource=Resource({}))
    again = recordings.load_span(json.loads(json.dumps(recordings.dump_span(span))))
    assert fields(again) == fields(span)


def test_bytes_and_structures_come_back() -> None:
    """As attributes of newer OpenTelemetry may be."""
    value = {"content": [b"\x00\xff", {"base": None}], "nan": 1}
    assert recordings.loaded(json.loads(json.dumps(recordings.dumped(value)))) == {
        "content": (b"\x00\xff", {"base": None}),
        "nan": 1,
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_is_recorded(row: Row) -> None:
    """A row that nobody recorded proves nothing."""
    assert row in RECORDED


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row.name)
def test_a_recording_says_what_its_row_promises(row: Row) -> None:
    """A cell is filled, or the row says why not; see tests/compatibility."""
    assert matrix.problems(row, recordings.recording(row.name)) == []


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row.name)
def test_helicone_is_sent_what_was_found_right(row: Row) -> None:
    """One log a request; ``--record`` of tests/compatibility writes a change that is meant."""
    expected = json.loads(golden.path(row.name).read_text(encoding="utf-8"))
    assert golden.logs(recordings.recording(row.name)) == expected


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: row.name)
def test_requests_hang_where_they_did(row: Row) -> None:
    """The path tree of each scene; ``--record`` writes a change that is meant."""
    expected = paths.path(row.name).read_text(encoding="utf-8")
    assert paths.text(recordings.recording(row.name)) == expected


def test_the_page_is_made_of_the_recordings() -> None:
    """docs/compatibility.md is what tests/compatibility writes."""
    assert matrix.PAGE.read_text(encoding="utf-8") == matrix.page(ROWS)


def test_nothing_recorded_is_anybodys_own() -> None:
    """No place on a disk and no key is in a recording."""
    for path in sorted(recordings.FOLDER.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        assert "/root/" not in text, path.name
        assert "/home/" not in text, path.name
        assert "/tmp/" not in text, path.name
        assert "-packages/" not in text, path.name
