"""Helicone's loggers, pointed at us, log as they did."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace.export import SpanExportResult

from otel_helisession import HeliconeSpanExporter
from otel_helisession.intake.http import HttpReceiver
from otel_helisession.intake.intake import Intake
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.row import SpanRow
from tests.helicone import spans
from tests.helicone.endpoint import KEY
from tests.intake.conftest import rows
from tests.intake.requests import encoded, llm, span

Stored = Callable[[], dict[str, SpanRow]]
PATHS = ["/custom/v1/log", "/v1/trace/custom/log"]
ID = "0a1b2c3d-0000-4000-8000-00000000abcd"


def log(**changes: Any) -> dict[str, Any]:
    """Return a log as helicone-helpers writes it: session headers are HTTP's, meta is empty."""
    return {
        "providerRequest": {
            "url": "custom-model-nopath",
            "json": {
                "model": "gpt-5.4-mini",
                "messages": [{"role": "user", "content": "Where to stay?"}],
                "_type": "unknown",
                "toolName": "unknown",
            },
            "meta": {},
        },
        "providerResponse": {
            "headers": {},
            "status": 200,
            "json": {
                "id": "chatcmpl-1",
                "model": "gpt-5.4-mini-2026",
                "choices": [{"message": {"role": "assistant", "content": "In Alfama."}}],
                "usage": {"prompt_tokens": 100, "completion_tokens": 50, "cost": 0.25},
            },
        },
        "timing": {
            "startTime": {"seconds": 1_767_225_600, "milliseconds": 5},
            "endTime": {"seconds": 1_767_225_601, "milliseconds": 250},
            "timeToFirstToken": 125,
        },
        **changes,
    }


HUGE = {"seconds": 10**400, "milliseconds": 0}
HEADERS = {
    "Authorization": f"Bearer {KEY}",
    "Helicone-Session-Id": "chat-1",
    "Helicone-Session-Path": "/trip/research",
    "Helicone-Session-Name": "Trip%20%C3%A9",
    "Helicone-User-Id": "ana",
    "Helicone-Property-Plan": "pro",
    "Helicone-Request-Id": ID,
}


def post(http: HttpReceiver, body: Any, path: str = PATHS[0], headers: Any = HEADERS) -> Any:
    return httpx.post(http.url + path, json=body, headers=headers)


def test_a_log_is_a_span_of_its_session(
    http: HttpReceiver, stored: Stored, store: Any, intake: Intake
) -> None:
    """What it says is in the columns; the answer is the worker's."""
    answer = post(http, log())
    assert (answer.status_code, answer.text, answer.headers["helicone-id"]) == (200, "ok", ID)
    row = stored()["chat gpt-5.4-mini"]
    assert (row.session_id, row.session_name, row.path) == ("chat-1", "Trip é", "/trip/research")
    assert (row.kind, row.model, row.provider, row.user_id) == (
        "llm",
        "gpt-5.4-mini-2026",
        None,
        "ana",
    )
    assert (row.input_tokens, row.output_tokens, row.cost_usd) == (100, 50, 0.25)
    assert (row.duration_ms, row.time_to_first_token_ms, row.status) == (1245.0, 125.0, "unset")
    with SessionReader(store) as reader:
        detail, summary = reader.detail(row), reader.session("chat-1")
    assert detail is not None
    talk = detail.operation["conversation"]
    assert talk["input"][0]["parts"] == [{"type": "text", "content": "Where to stay?"}]
    assert talk["output"][0]["parts"] == [{"type": "text", "content": "In Alfama."}]
    assert summary is not None
    assert summary.properties == {"plan": "pro"}


@pytest.mark.parametrize("path", PATHS)
def test_a_log_that_is_sent_again_is_there_once(
    http: HttpReceiver, stored: Stored, store: Any, path: str
) -> None:
    """By its request id; without one each is a new one."""
    for _ in range(3):
        assert post(http, log(), path).status_code == 200
    stored()
    assert len(rows(store)) == 1
    answers = {post(http, log(), headers={}).headers["helicone-id"] for _ in range(2)}
    assert len(answers) == 2
    assert all(uuid.UUID(one) for one in answers)
    stored()
    assert len(rows(store)) == 3


SPANS = [
    spans.llm(),
    spans.llm(provider="anthropic", model="claude-sonnet-5"),
    spans.llm(answer=None, error="overloaded"),
    spans.span(
        "execute_tool search",
        {
            **spans.SESSION,
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "search",
            "gen_ai.tool.call.id": "call_1",
            "gen_ai.tool.call.arguments": '{"city":"Lisbon"}',
            "gen_ai.tool.call.result": '["Alfama"]',
            "user.id": "ana",
            "helicone.property.plan": "pro",
        },
    ),
    spans.span(
        "search hotels",
        {
            **spans.SESSION,
            "helicone.request.type": "vector_db",
            "helicone.vector.operation": "search",
            "gen_ai.operation.name": "retrieval",
            "db.system.name": "qdrant",
            "db.operation.name": "search",
            "db.collection.name": "hotels",
            "gen_ai.retrieval.query.text": "river",
            "gen_ai.retrieval.top_k": 3,
            "gen_ai.retrieval.documents": '[{"id":"1","score":0.5,"content":"Alfama"}]',
        },
    ),
    spans.span(
        "load",
        {
            **spans.SESSION,
            "helicone.request.type": "data",
            "helicone.data.name": "load",
            "helicone.data.value": '{"user":1}',
            "helicone.data.result": '{"plan":"pro"}',
        },
    ),
]
SAME = (
    *("session_id", "session_name", "path", "kind", "target", "start_unix_nano", "status"),
    *("error_message", "model", "input_tokens", "output_tokens", "user_id", "duration_ms"),
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("span", SPANS, ids=lambda span: span.name)
def test_our_own_exporter_s_logs_come_back_with_equal_facts(
    http: HttpReceiver, intake: Intake, store: Any, tmp_path: Any, span: Any, path: str
) -> None:
    """As if LocalSpanExporter had stored them here."""
    from otel_helisession import LocalSpanExporter

    exporter = HeliconeSpanExporter(api_key=KEY, endpoint=http.url + path)
    assert exporter.export([span]) is SpanExportResult.SUCCESS
    exporter.shutdown()
    assert intake.settle(10)
    local = LocalSpanExporter(tmp_path / "local.db")
    assert local.export([span]) is SpanExportResult.SUCCESS
    local.shutdown()
    (there,), (here,) = rows(store), rows(tmp_path / "local.db")
    assert {name: getattr(there, name) for name in SAME} == {
        name: getattr(here, name) for name in SAME
    }
    if path == PATHS[1] and there.kind == "llm":  # the worker's route has no word for it
        assert there.provider == here.provider
    for row, file in ((there, store), (here, tmp_path / "local.db")):
        with SessionReader(file) as reader:
            detail = reader.detail(row)
        assert detail is not None
        said = {key: detail.operation.get(key) for key in ("tool", "vector", "data")}
        talk = detail.operation.get("conversation")
        if row is there:
            first = (said, talk)
    assert first == (said, talk)


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"{", 400, "the body is no JSON"),
        (b"[]", 400, "One of the required fields is missing"),
        (log(providerResponse={"json": {}, "headers": {}}), 400, "'status' should be a number"),
        (log(timing={"startTime": {"seconds": "1"}}), 400, "'startTime.seconds' should be a"),
        (log(timing={"startTime": {"seconds": -1, "milliseconds": 0}}), 400, "cannot be negative"),
        (log(timing={"endTime": {"seconds": 1, "milliseconds": 0}}), 400, "cannot be greater"),
    ],
)
def test_a_malformed_log_is_refused(
    http: HttpReceiver, body: Any, status: int, message: str
) -> None:
    """In the worker's words."""
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    answer = httpx.post(http.url + PATHS[0], headers=HEADERS, **content)
    assert answer.status_code == status
    assert message in answer.json()["error"]


@pytest.mark.parametrize("url", ["http://[x", "http://a:b/v1", "custom-model-nopath", "", "\x00"])
def test_the_url_may_be_any_text(http: HttpReceiver, stored: Stored, url: str) -> None:
    """As for the worker; and the status and times any numbers."""
    asked = {**log()["providerRequest"], "url": url}
    answered = {**log()["providerResponse"], "status": 10**400}
    timing = {"startTime": {"seconds": 1, "milliseconds": 0}, "endTime": HUGE}
    answer = post(http, log(providerRequest=asked, providerResponse=answered, timing=timing))
    assert (answer.status_code, answer.text) == (200, "ok")
    assert [row.input_tokens for row in stored().values()] == [100]


def test_jawn_takes_less(http: HttpReceiver, stored: Stored) -> None:
    """No meta, no headers, times as text, the provider in the body; it answers with nothing."""
    body = {
        "provider": "GOOGLE",
        "providerRequest": {
            "json": {
                "model": "gemini-3",
                "contents": [{"role": "user", "parts": [{"text": "Where?"}]}],
            }
        },
        "providerResponse": {
            "json": {
                "modelVersion": "gemini-3",
                "candidates": [{"content": {"role": "model", "parts": [{"text": "Alfama"}]}}],
                "usageMetadata": {"promptTokenCount": 7, "candidatesTokenCount": 2},
            },
            "status": 200,
        },
        "timing": {"startTime": "2026-01-01T00:00:00Z", "endTime": "1767225601"},
    }
    answer = post(http, body, PATHS[1], {})
    assert (answer.status_code, answer.content) == (200, b"")
    (row,) = stored().values()
    assert (row.provider, row.model, row.input_tokens) == ("gcp.gemini", "gemini-3", 7)
    assert row.duration_ms == 1_000


def test_a_stream_that_was_logged_as_text_is_read(http: HttpReceiver, stored: Stored) -> None:
    """Server-sent events are put together; other text is the answer."""
    sse = (
        'data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Al"}}]}\n\n'
        'data: {"choices":[{"index":0,"delta":{"content":"fama"},"finish_reason":"stop"}],'
        '"usage":{"prompt_tokens":3,"completion_tokens":2}}\n\ndata: [DONE]\n\n'
    )
    answered = {"headers": {}, "status": 200, "json": {}, "textBody": sse}
    post(http, log(providerResponse=answered))
    row = stored()["chat gpt-5.4-mini"]
    assert (row.response_id, row.input_tokens, row.output_tokens) == ("c1", 3, 2)


@pytest.mark.parametrize(
    ("status", "kind"), [(500, "500"), (-3, "cancelled"), (-1, "timeout"), (429, "429")]
)
def test_statuses_are_failures(http: HttpReceiver, stored: Stored, status: int, kind: str) -> None:
    """Helicone's own negative ones, too."""
    answered = {"headers": {}, "status": status, "json": {}, "textBody": "no"}
    post(http, log(providerResponse=answered))
    row = stored()["chat gpt-5.4-mini"]
    assert (row.status, row.error_type, row.error_message) == ("error", kind, "no")


def test_tools_and_vectors_of_other_loggers(http: HttpReceiver, stored: Stored) -> None:
    """Under the keys that Helicone's pages read."""
    tool = {"_type": "tool", "toolName": "weather", "input": {"city": "Porto"}}
    post(
        http,
        log(
            providerRequest={"url": "x", "json": tool, "meta": {}},
            providerResponse={"headers": {}, "status": 200, "json": {"_type": "tool", "tips": [1]}},
        ),
        headers={},
    )
    vector = {"_type": "vector_db", "operation": "insert", "text": "a", "databaseName": "chroma"}
    post(
        http,
        log(providerRequest={"url": "x", "json": vector, "meta": {}}),
        headers={},
    )
    found = stored()
    assert found["execute_tool weather"].target == "weather"
    assert found["insert chroma"].provider == "chroma"


@pytest.mark.parametrize("path", ["/v1/trace/log-python", "/v1/traces"])
def test_spans_of_helicone_s_asynchronous_logger(
    http: HttpReceiver, stored: Stored, path: str
) -> None:
    """Its session stands in Traceloop's association properties."""
    prefix = "traceloop.association.properties.Helicone-Session"
    said = {f"{prefix}-Id": "s-9", f"{prefix}-Path": "/trip/plan", f"{prefix}-Name": "Trip"}
    call = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
    body = encoded(llm("child", 2, 1), span("chat", 1, **said, **call))
    answer = httpx.post(
        http.url + path, content=body, headers={"content-type": "application/x-protobuf"}
    )
    assert answer.status_code == 200
    row = stored()["chat"]
    assert (row.session_id, row.session_name, row.path) == ("s-9", "Trip", "/trip/plan")
    assert stored()["child"].session_id == "s-9"
