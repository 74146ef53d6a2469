"""Whoever can reach the port can send anything; nothing of it stops the reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.intake import helicone_http
from otel_helisession.intake.helicone_log import parse_log
from otel_helisession.intake.helicone_span import span_of
from otel_helisession.intake.http import HttpReceiver, application
from otel_helisession.intake.intake import Intake
from otel_helisession.intake.preparing import prepare
from otel_helisession.otlp.encoding import request_of
from otel_helisession.store.row import SpanRow
from tests.intake.conftest import rows
from tests.intake.requests import TRACE, encoded, llm, span
from tests.otlp.strategies import spans

QUIET = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
Stored = Callable[[], dict[str, SpanRow]]


@given(st.lists(spans(), max_size=4))
@QUIET
def test_any_spans_can_be_read(made: list[ReadableSpan]) -> None:
    """Each is stored, or counted as too odd."""
    found = prepare(bytes(request_of(made).SerializeToString()), True)
    assert len(found.made) + found.unstorable == len(made)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
keys = st.sampled_from(
    [
        *("model", "messages", "input", "prompt", "contents", "choices", "usage", "error", "type"),
        *("_type", "toolName", "operation", "topK", "matches", "name", "result", "content"),
    ]
)
bodies = st.dictionaries(keys, json_values | st.sampled_from(["tool", "data", "vector_db"]))


@given(bodies, bodies, json_values, json_values, json_values)
@QUIET
def test_any_log_is_a_span_or_refused(
    asked: Any, answered: Any, status: Any, timing: Any, meta: Any
) -> None:
    """Of a Jawn, which checks nothing itself."""
    body = {
        "providerRequest": {"json": asked, "meta": meta},
        "providerResponse": {"json": answered, "status": status, "textBody": None},
        "timing": timing,
    }
    try:
        log = parse_log(json.dumps(body).encode(), "jawn", "OPENAI", {})
    except ValueError:
        return
    assert prepare(bytes(request_of([span_of(log)]).SerializeToString()), True).unstorable == 0


@pytest.mark.parametrize("media", ["application/x-protobuf", "application/json"])
def test_any_bytes_get_an_answer(intake: Intake, media: str) -> None:
    """At each of the addresses: a 4xx, or a success for what happens to be a request."""
    app = application(intake)
    paths = ["/v1/traces", "/v1/logs", "/v1/metrics", *helicone_http.PATHS]

    @given(st.binary(max_size=200), st.sampled_from(paths), st.sampled_from(["", "gzip"]))
    @QUIET
    def send(body: bytes, path: str, encoding: str) -> None:
        import asyncio

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            headers = {"content-type": media, "content-encoding": encoding}
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
                return await web.post(path, content=body, headers=headers)

        assert asyncio.run(ask()).status_code in (200, 400, 413, 415)

    send()


def test_hostile_text_is_stored_as_text(http: HttpReceiver, stored: Stored) -> None:
    """Markup, control characters and SQL are characters."""
    name = "<script>alert(1)</script>\x00'; DROP TABLE spans; --"
    said = {"gen_ai__agent__name": name, "session__id": name}
    body = encoded(span(name, 1, gen_ai__operation__name="invoke_agent", **said))
    headers = {"content-type": "application/x-protobuf"}
    assert httpx.post(http.url + "/v1/traces", content=body, headers=headers).status_code == 200
    row = stored()[name]
    assert row.session_id == "<script>alert(1)</script>'; DROP TABLE spans; --"
    assert row.path == "/scriptalert<_script>'; DROP TABLE spans"


def test_a_span_that_cannot_be_read_costs_itself_alone(
    lenient: None, http: HttpReceiver, intake: Intake, stored: Stored, monkeypatch: Any
) -> None:
    """It is counted, and the rest of its batch is stored."""
    from otel_helisession.intake import preparing

    read = preparing.reader.read

    def failing(one: ReadableSpan) -> Any:
        if one.name == "bad":
            raise RuntimeError
        return read(one)

    monkeypatch.setattr(preparing.reader, "read", failing)
    body = encoded(llm("good"), llm("bad", 2), llm("better", 3))
    headers = {"content-type": "application/x-protobuf"}
    assert httpx.post(http.url + "/v1/traces", content=body, headers=headers).status_code == 200
    assert sorted(stored()) == ["better", "good"]
    assert intake.figures().unstorable == 1


def test_a_batch_that_cannot_be_read_is_passed_over(
    lenient: None, intake: Intake, store: Any, monkeypatch: Any
) -> None:
    """It must not be tried for ever."""
    from otel_helisession.intake import reader_thread

    prepare_one = reader_thread.prepare

    def failing(body: bytes, has_content: bool) -> Any:
        if b"poison" in body:
            raise RuntimeError
        return prepare_one(body, has_content)

    monkeypatch.setattr(reader_thread, "prepare", failing)
    for name in ("poison", "good"):
        body = encoded(llm(name))
        intake.accept(ExportTraceServiceRequest.FromString(body), body)
    assert intake.settle(10)
    assert [row.name for row in rows(store)] == ["good"]


def test_a_deep_and_wide_trace_is_read(intake: Intake, store: Any) -> None:
    """A thousand spans within each other, and a ring."""
    chain = [span("link", number, number - 1 if number > 1 else None) for number in range(1, 1_001)]
    ring = [span("a", 2_001, 2_002), llm("b", 2_002, 2_001)]
    body = encoded(*reversed(chain), *ring)
    intake.accept(ExportTraceServiceRequest.FromString(body), body)
    assert intake.settle(30)
    assert len(rows(store)) == 1_002
    assert {row.session_id for row in rows(store)} == {f"{TRACE:032x}"}
