"""What tools, vector queries, data and plumbing become; and what is left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from tests.helicone.conftest import MakeExporter
from tests.helicone.endpoint import FakeHelicone
from tests.helicone.spans import SESSION, data, llm, span, tool, vector

Sent = Callable[..., Any]


def _said(log: Any) -> tuple[Any, Any, Any, Any]:
    """Return request, response, status and model of a log."""
    meta = log["providerRequest"]["meta"]
    answered = log["providerResponse"]
    model = meta.get("Helicone-Model-Override")
    return log["providerRequest"]["json"], answered["json"], answered["status"], model


def test_a_tool(sent: Sent) -> None:
    """Name on both sides, arguments and result as JSON values."""
    assert _said(sent(tool(extra={"gen_ai.tool.call.id": "c1"}))) == (
        {
            "_type": "tool",
            "toolName": "search_hotels",
            "input": {"city": "Lisbon"},
            "toolCallId": "c1",
        },
        {
            "_type": "tool",
            "toolName": "search_hotels",
            "status": "success",
            "result": [{"hotel": "Alfama House"}],
        },
        200,
        "tool:search_hotels",
    )


def test_a_tool_that_failed(sent: Sent) -> None:
    """With its text where the preview looks for it, and the caller's cancellation as such."""
    extra = {"error.type": "TimeoutError", "gen_ai.tool.call.result": ""}
    _, response, status, _ = _said(sent(tool(extra=extra, error="too late")))
    error = {"message": "too late", "heliconeMessage": "too late", "type": "TimeoutError"}
    assert response == {
        "_type": "tool",
        "toolName": "search_hotels",
        "status": "error",
        "result": "",
        "error": error,
        "message": "too late",
    }
    assert status == 500


def test_a_vector_query(sent: Sent) -> None:
    """Scores are finite numbers or absent; a match that is text becomes content."""
    matches = [
        {"id": "h1", "score": 0.83, "metadata": {"stars": 4}, "text": "Alfama House"},
        {"id": "h2", "score": "0.5"},
        {"id": "h3", "score": "high"},
        {"id": "h4", "score": None},
        {"id": "h5", "score": float("nan")},
    ]
    log = sent(vector(matches, extra={"helicone.vector.filter": '{"stars": {"gte": 3}}'}))
    assert _said(log) == (
        {
            "_type": "vector_db",
            "operation": "search",
            "databaseName": "qdrant",
            "collection": "hotels",
            "query": "near a tram",
            "topK": 3,
            "filter": {"stars": {"gte": 3}},
        },
        {
            "_type": "vector_db",
            "status": "success",
            "matches": [
                {"id": "h1", "metadata": {"stars": 4}, "text": "Alfama House", "score": 0.83},
                {"id": "h2", "score": 0.5},
                {"id": "h3"},
                {"id": "h4"},
                {"id": "h5"},
            ],
        },
        200,
        "vector_db",
    )


def test_data(sent: Sent) -> None:
    """Name on both sides; the values as they were given."""
    assert _said(sent(data())) == (
        {"_type": "data", "name": "load profile", "value": {"user": 7}},
        {"_type": "data", "name": "load profile", "status": "success", "result": {"plan": "pro"}},
        200,
        "data:load profile",
    )


@pytest.mark.parametrize(
    ("made", "request_json", "response_json"),
    [
        (tool, {"toolName": "search_hotels", "input": {}}, {"toolName": "search_hotels"}),
        (
            vector,
            {
                "operation": "search",
                "databaseName": "qdrant",
                "collection": "hotels",
                "topK": 3,
            },
            {},
        ),
        (data, {"name": "load profile"}, {"name": "load profile"}),
    ],
)
def test_without_content_only_names_stay(
    sent: Sent,
    made: Callable[[], ReadableSpan],
    request_json: dict[str, Any],
    response_json: dict[str, Any],
) -> None:
    """No arguments, results, queries, filters, matches or values."""
    request, response, _, _ = _said(sent(made(), capture_content=False))
    kind = request.pop("_type")
    assert request == request_json
    assert response == {"_type": kind, "status": "success", **response_json}


def test_user_and_properties_travel_as_headers_would(sent: Sent) -> None:
    """Names become header characters, values are encoded as in the headers of requests."""
    extra = {
        "user.id": "zoë",
        "helicone.property.plan tier": "pro 100%25 🎒",
        "helicone.property.seats": 4,
        "helicone.property.trial": True,
        "helicone.property.🎒": "no name is left",
        "helicone.property.empty": "",
        "helicone.session.name": "Reise\r\nPlaner",
        "helicone.session.path": "trip//a/../b/",
    }
    meta = sent(tool(extra=extra))["providerRequest"]["meta"]
    assert {name: value for name, value in meta.items() if name != "Helicone-Request-Id"} == {
        "Helicone-Session-Id": SESSION["helicone.session.id"],
        "Helicone-Session-Path": "/trip/a/b",
        "Helicone-Session-Name": "ReisePlaner",
        "Helicone-User-Id": "zo%C3%AB",
        "Helicone-Property-plan-tier": "pro 100%2525 %F0%9F%8E%92",
        "Helicone-Property-seats": "4",
        "Helicone-Property-trial": "true",
        "Helicone-Model-Override": "tool:search_hotels",
    }


PLUMBING = {
    "structure": ("plan the trip", {}),
    "http": ("GET", {"http.request.method": "GET", "server.address": "example.com"}),
    "db": ("SELECT users", {"db.system.name": "postgresql", "user.id": "u"}),
}


@pytest.mark.parametrize("include", [(), {"structure"}, {"http"}, {"db"}, {"http", "db"}])
def test_plumbing_is_logged_only_when_asked_for(
    worker: FakeHelicone, exporter: MakeExporter, include: set[str]
) -> None:
    """As data rows, with the span's own attributes."""
    spans = [span(name, {**SESSION, **extra}) for name, extra in PLUMBING.values()]
    spans.append(tool())
    assert exporter(worker, include=include).export(spans) is SpanExportResult.SUCCESS
    rows = {log["name"]: log.get("value") for log in worker.logs() if log["_type"] == "data"}
    said = {
        "plan the trip": None,
        "GET": {"http.request.method": "GET", "server.address": "example.com"},
        "SELECT users": {"db.system.name": "postgresql"},
    }
    assert rows == {PLUMBING[name][0]: said[PLUMBING[name][0]] for name in include}
    assert len(worker.arrivals) == len(include) + 1


def test_spans_without_a_session_are_nothing_to_do(
    worker: FakeHelicone, exporter: MakeExporter
) -> None:
    """Which is a success."""
    alone = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
    spans = [span("chat m", alone), span("work", {}), span("w", {"session.id": "a browser's"})]
    assert exporter(worker).export(spans) is SpanExportResult.SUCCESS
    assert exporter(worker).export([]) is SpanExportResult.SUCCESS
    assert worker.arrivals == []


def test_what_a_gateway_has_logged_is_not_logged_again(
    worker: FakeHelicone, exporter: MakeExporter
) -> None:
    """Calls to its hosts, and calls that carry its id; what is around them is logged."""
    through = [
        llm(extra={"server.address": "ai-gateway.helicone.ai"}),
        llm(extra={"server.address": "oai.hconeai.com"}),
        llm(extra={"server.address": "gateway.example.com", "helicone.request.id": "a-row"}),
        span("POST", {**SESSION, "http.method": "POST", "server.address": "gateway.helicone.ai"}),
    ]
    around = [tool(), vector(), data()]
    everything = exporter(worker, include={"http"})
    assert everything.export([*through, *around]) is SpanExportResult.SUCCESS
    assert sorted(log["_type"] for log in worker.logs()) == ["data", "tool", "vector_db"]
    assert {meta["Helicone-Session-Path"] for meta in worker.metas()} == {"/trip/research"}
