"""The journey of a span: everything that happens to one between its end and its destinations."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions import discretion, reader
from otel_helisession.conventions.operation import REQUEST_KINDS, Operation
from otel_helisession.conventions.totals.pricing import priced
from otel_helisession.exporters.helicone.endpoint import Endpoint
from otel_helisession.exporters.helicone.log import LogWriter
from otel_helisession.finishing import Cleaning, finish, without_content
from otel_helisession.store.body import unpack
from otel_helisession.store.entry import entry

BOUND = 2_000
SECRET = "sk-proj-0000000000000000fuzz"
"""Stands in texts here and there, and must arrive nowhere."""

CLEANINGS = (
    Cleaning(),
    Cleaning(max_value_chars=BOUND),
    Cleaning(redact=lambda key, text: text.replace("a", "b"), keep_media=True),
)
WRITERS = tuple(
    LogWriter(endpoint, frozenset({"structure", "http", "db"}), content)
    for endpoint in (
        Endpoint.cloud(),
        Endpoint("http://localhost:8585/v1/trace/custom/log", "jawn", None),
    )
    for content in (True, False)
)

MAX_SECONDS = 5.0
"""Far more than any span of these sizes takes, also on a busy machine."""


def travel(span: ReadableSpan) -> None:
    """Send *span* through everything; raise AssertionError where a promise is broken.

    Guards must be strict, so that they hide nothing.
    """
    before = time.thread_time()
    attributes = reader.attributes_of(span)
    _check_reading(span, attributes)
    for cleaning in CLEANINGS:
        finished = finish(span, None, (), cleaning)
        _check_finished(finished, cleaning)
        _check_stored(finished)
    for writer in WRITERS:
        log = writer.write(finish(span, None, ()))
        assert log is None or SECRET.encode() not in log.body
        assert log is None or isinstance(_strict_json(log.body), dict)
    assert time.thread_time() - before < MAX_SECONDS


def _check_reading(span: ReadableSpan, attributes: Mapping[str, Any]) -> None:
    kind, segment = reader.kind(attributes), reader.segment(span)
    assert segment is None or isinstance(segment, str)
    operation = priced(reader.read(span), span.start_time)
    assert kind in (None, "structure", *REQUEST_KINDS)
    assert set(operation.unread) <= attributes.keys() | _names_in_events(span)
    _check_operation(operation)
    _check_operation(discretion.without_content(operation))


def _names_in_events(span: ReadableSpan) -> set[str]:
    return {name for event in span.events for name in (event.attributes or {})}


def _check_operation(operation: Operation) -> None:
    """What it promises of types, whatever the attributes were."""
    usage = operation.usage
    for count in (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens):
        assert count is None or (type(count) is int and count >= 0)
    for text in (operation.provider, operation.request_model, operation.response_id):
        assert text is None or isinstance(text, str)
    talk = operation.conversation
    for message in (*talk.input, *talk.output):
        assert isinstance(message["role"], str)
        assert isinstance(message["parts"], list)


def _check_finished(span: ReadableSpan, cleaning: Cleaning) -> None:
    said = [dict(span.attributes or {}), [dict(event.attributes or {}) for event in span.events]]
    assert SECRET not in str(said) or cleaning.redact is not None
    bare = without_content(span)
    assert len(bare.attributes or {}) <= len(span.attributes or {})
    if cleaning.max_value_chars == BOUND:
        assert max(_lengths(said), default=0) <= BOUND


def _lengths(value: Any) -> list[int]:
    if isinstance(value, str):
        return [len(value)]
    if isinstance(value, Mapping):
        return [length for item in value.values() for length in _lengths(item)]
    if isinstance(value, (list, tuple)):
        return [length for item in value for length in _lengths(item)]
    return []


def _check_stored(span: ReadableSpan) -> None:
    kept = entry(span, reader.read(span))
    assert isinstance(unpack(kept.body), dict)
    for text in kept.row:
        if isinstance(text, str):
            text.encode()  # what SQLite would refuse


def _strict_json(body: bytes) -> Any:
    def refuse(constant: str) -> Any:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(body.decode("utf-8"), parse_constant=refuse)
