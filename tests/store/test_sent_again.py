"""Spans that are sent again with other values: the store tells the newest, and only that."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import Status, StatusCode

from otel_helisession.store import schema
from otel_helisession.store.connection import connect
from otel_helisession.store.location import store_path
from otel_helisession.store.reader import SessionReader
from tests.recorded import EPOCH, Recorder, store


def again(span: ReadableSpan, **other: Any) -> ReadableSpan:
    """Return *span* with *other* values: ``name``, ``start``, ``end`` (ms), ``status``, the rest
    attributes, in whose names ``__`` is a dot."""
    start, end = (other.pop(key, None) for key in ("start", "end"))
    return ReadableSpan(
        other.pop("name", span.name),
        span.context,
        span.parent,
        start_time=span.start_time if start is None else EPOCH + int(start * 1e6),
        end_time=span.end_time if end is None else EPOCH + int(end * 1e6),
        resource=span.resource,
        instrumentation_scope=span.instrumentation_scope,
        status=other.pop("status", span.status),
        attributes={
            **(span.attributes or {}),
            **{key.replace("__", "."): value for key, value in other.items()},
        },
    )


def changed() -> list[str]:
    """Return the sessions that an index has to read again."""
    with closing(connect(store_path())) as connection:
        return [one for (one,) in connection.execute("SELECT session_id FROM changed")]


@pytest.fixture
def two() -> list[ReadableSpan]:
    """A session of two calls, from 0 to 300 ms."""
    recorder = Recorder()
    recorder.llm(times=(0, 100))
    recorder.llm(times=(100, 300))
    spans = recorder.take()
    store(spans)
    return spans


@pytest.mark.parametrize(
    "other",
    [
        {"name": "ask"},
        {"helicone__session__path": "/ask"},
        {"gen_ai__request__model": "gpt-5"},
        {"gen_ai__provider__name": "anthropic"},
        {"error__type": "TimeoutError", "status": Status(StatusCode.ERROR)},
    ],
)
def test_other_columns_are_read_again(two: list[ReadableSpan], other: dict[str, Any]) -> None:
    """Whatever can be searched for, also where the rest of the span says what it said."""
    store(two)
    assert changed() == []
    store([again(two[0], **other)])
    assert changed() == ["s-1"]


def test_figures_are_those_of_the_newest(two: list[ReadableSpan]) -> None:
    """Tokens, and how long it took, also where that is less than before."""
    store([again(two[1], start=100, end=150, gen_ai__usage__input_tokens=1)])
    with SessionReader() as reader:
        (session,) = reader.sessions()
    assert (session.usage.input_tokens, session.duration_ms, session.spans) == (11, 150.0, 2)


def test_a_session_begins_with_what_is_left_of_it(two: list[ReadableSpan]) -> None:
    """Its first span is told to have been later."""
    store([again(two[0], start=50)])
    with SessionReader() as reader:
        (session,) = reader.sessions()
    assert (session.start_unix_nano - EPOCH, session.duration_ms) == (50_000_000, 250.0)


def test_a_span_leaves_its_session_for_another(two: list[ReadableSpan]) -> None:
    """Neither its figures nor its time stay behind; both are read again."""
    store([again(two[1], helicone__session__id="s-2")])
    with SessionReader() as reader:
        found = {
            one.id: (one.spans, one.duration_ms, one.usage.input_tokens)
            for one in reader.sessions()
        }
    assert found == {"s-1": (1, 100.0, 10), "s-2": (1, 200.0, 10)}
    assert changed() == ["s-1", "s-2"]


def test_a_session_that_all_leave_is_gone(two: list[ReadableSpan]) -> None:
    """As if it had never been told of."""
    store([again(span, helicone__session__id="s-2") for span in two])
    with SessionReader() as reader:
        assert [(one.id, one.spans) for one in reader.sessions()] == [("s-2", 2)]


def test_a_span_without_a_session_may_say_something_else() -> None:
    """It costs no other span its place."""
    recorder = Recorder()
    recorder.span("GET /", session=None)
    [span] = recorder.take()
    store([span])
    store([again(span, name="GET /other", note="more")])
    with SessionReader() as reader:
        assert (reader.count(), changed()) == (0, [])


def test_a_store_of_version_4_learns_it(two: list[ReadableSpan]) -> None:
    """Its triggers are replaced, its rows stay as they are."""
    path = store_path()
    with closing(sqlite3.connect(path)) as connection, connection:
        for name in ("spans_changed", "spans_left", "spans_shrunk"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA user_version = 4")
    store([again(two[0], name="ask")])
    with closing(connect(path)) as connection:
        assert (schema.version(connection), changed()) == (schema.VERSION, ["s-1"])
