"""OTLP over HTTP is answered as its specification says."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    Gauge,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
)

from otel_helisession.intake import compression
from otel_helisession.intake.http import HttpReceiver, application
from otel_helisession.intake.inbox import FullError
from otel_helisession.intake.intake import Intake
from otel_helisession.otlp.json import request_to_json
from otel_helisession.store.row import SpanRow
from otel_helisession.web.policy import Policy
from tests.intake.requests import encoded, llm, span

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json; charset=utf-8"}
Stored = Callable[[], dict[str, SpanRow]]


def post(http: HttpReceiver, body: bytes, headers: Any = PROTOBUF, path: str = "/v1/traces") -> Any:
    """Send *body* and return the response."""
    return httpx.post(http.url + path, content=body, headers=headers)


def as_json(body: bytes) -> bytes:
    """Return a protobuf request as JSON."""
    return request_to_json(ExportTraceServiceRequest.FromString(body)).encode()


@pytest.mark.parametrize("media", [PROTOBUF, JSON], ids=["protobuf", "json"])
@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "raw deflate", "identity"])
def test_spans_arrive(http: HttpReceiver, stored: Stored, media: Any, encoding: str) -> None:
    """In protobuf and JSON, however compressed; the answer is empty, and in the same encoding."""
    body = encoded(llm("chat"))
    body = body if media is PROTOBUF else as_json(body)
    raw = zlib.compressobj(wbits=-15)
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "raw deflate": raw.compress}
    body = pack.get(encoding, bytes)(body) + (raw.flush() if encoding == "raw deflate" else b"")
    said = {"content-encoding": encoding.removeprefix("raw ")} if encoding else {}
    response = post(http, body, {**media, **said})
    assert response.status_code == 200
    assert response.headers["content-type"] == media["content-type"].partition(";")[0]
    assert response.content == (b"" if media is PROTOBUF else b"{}")
    assert stored()["chat"].kind == "llm"


def test_an_empty_request_is_fine(http: HttpReceiver) -> None:
    """The specification asks for success."""
    assert post(http, b"").status_code == 200
    assert post(http, b"{}", JSON).status_code == 200


@pytest.mark.parametrize(
    ("body", "headers", "code", "message"),
    [
        (b"\xff\xff\xff", PROTOBUF, 400, "the body is no ExportTraceServiceRequest"),
        (b"not gzip", {**PROTOBUF, "content-encoding": "gzip"}, 400, "the body is not gzip"),
        (gzip.compress(b"x" * 99)[:-9], {**PROTOBUF, "content-encoding": "gzip"}, 400, "too early"),
        (b"x", {**PROTOBUF, "content-encoding": "br"}, 415, "accepted: gzip, deflate, identity"),
    ],
)
def test_what_cannot_be_read_is_said(
    http: HttpReceiver, body: bytes, headers: Any, code: int, message: str
) -> None:
    """With a google.rpc.Status in the request's own encoding."""
    response = post(http, body, headers)
    assert (response.status_code, response.headers["content-type"]) == (
        code,
        "application/x-protobuf",
    )
    said = Status.FromString(response.content)
    assert said.code == 3
    assert message in said.message


def test_a_problem_in_json_is_said_in_json(http: HttpReceiver) -> None:
    """The field is named."""
    response = post(http, b'{"resourceSpans": 7}', JSON)
    assert (response.status_code, response.json()) == (
        400,
        {"code": 3, "message": "resourceSpans must be an array of objects, not 7"},
    )


def test_other_types_and_methods_are_refused(http: HttpReceiver) -> None:
    """A type that is none of OTLP's, and GET."""
    response = post(http, b"x", {"content-type": "text/plain"})
    assert response.status_code == 415
    assert "application/x-protobuf, application/json" in response.json()["message"]
    assert httpx.get(http.url + "/v1/traces").status_code == 405
    assert post(http, b"", path="/v1/profiles").status_code == 404


def test_single_spans_are_rejected(http: HttpReceiver, stored: Stored) -> None:
    """A span without a proper id costs itself alone; the answer says how many and why."""
    request = ExportTraceServiceRequest.FromString(encoded(llm("good"), llm("bad", 2)))
    request.resource_spans[0].scope_spans[0].spans[1].span_id = b"short"
    body = request.SerializeToString()
    answer = ExportTraceServiceResponse.FromString(post(http, body).content).partial_success
    assert answer.rejected_spans == 1
    assert "1 of 2 spans refused: 1 times: span_id has 5 bytes" in answer.error_message
    partial = post(http, as_json(body), JSON).json()["partialSuccess"]
    assert partial == {"rejectedSpans": "1", "errorMessage": answer.error_message}
    assert list(stored()) == ["good"]


def test_a_body_that_is_too_long_is_refused(
    http: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it comes, whether or not it says its length."""
    for module in ("body", "otlp_http"):
        monkeypatch.setattr(f"otel_helisession.intake.{module}.MAX_BODY_BYTES", 1_000)
    assert post(http, bytes(1_001)).status_code == 413
    chunks = httpx.post(http.url + "/v1/traces", content=iter([bytes(700)] * 2), headers=PROTOBUF)
    assert chunks.status_code == 413
    assert "send smaller batches" in Status.FromString(chunks.content).message


def test_a_bomb_does_not_go_off(http: HttpReceiver) -> None:
    """A hundred megabytes of nothing in a hundred kB are refused before they are there."""
    body = gzip.compress(bytes(10**8), 1)
    response = post(http, body, {**PROTOBUF, "content-encoding": "gzip"})
    assert response.status_code == 413
    with pytest.raises(compression.TooLargeError):
        compression.decompress(gzip.compress(body), "gzip, gzip", 10**7)


def test_a_body_of_very_many_parts_is_refused(http: HttpReceiver) -> None:
    """Of gzip's members each copies what follows it: a million of them would take minutes."""
    for body, encoding, code in (
        (gzip.compress(b"") * 100, "gzip", 200),
        (gzip.compress(gzip.compress(b"") * 101), "gzip, gzip", 400),
        (b"", ", ".join(["gzip"] * 5), 415),
    ):
        assert post(http, body, {**PROTOBUF, "content-encoding": encoding}).status_code == code


@pytest.mark.parametrize(
    ("path", "body", "media"),
    [
        ("/v1/traces", bytes([0x0A, 0]) * 4, PROTOBUF),
        ("/v1/traces", encoded(*(span("x", number) for number in (1, 2))), PROTOBUF),
        ("/v1/traces", b'{"resourceSpans": [{}, {}, {}, {}]}', JSON),
        (
            "/v1/traces",
            b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"events": [{}]}]}]}]}',
            JSON,
        ),
        ("/v1/logs", bytes([0x0A, 0]) * 4, PROTOBUF),
        ("/v1/logs", bytes([0x0A, 6, 0x12, 4, 0x12, 0, 0x12, 0]), PROTOBUF),
        ("/v1/logs", b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{}, {}]}]}]}', JSON),
    ],
)
def test_a_request_of_too_many_parts_is_refused(
    http: HttpReceiver, monkeypatch: pytest.MonkeyPatch, path: str, body: bytes, media: Any
) -> None:
    """However short: each would take a kB of memory."""
    monkeypatch.setattr("otel_helisession.intake.parts.MAX_PARTS", 3)
    response = post(http, body, media, path)
    assert response.status_code == 400
    assert b"has 4 resources, scopes, spans, events, links and log records" in response.content


def test_a_full_inbox_asks_to_come_again(
    intake: Intake, http: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with Retry-After, which every SDK obeys; and it is counted."""

    def full(batch: object) -> None:
        raise FullError

    monkeypatch.setattr(intake._inbox, "put", full)
    response = post(http, encoded(llm("chat")))
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert Status.FromString(response.content).code == 14
    log = httpx.post(http.url + "/v1/trace/custom/log", json=LOG)
    assert (log.status_code, log.headers["retry-after"]) == (429, "1")
    assert intake.figures().refused == 2


LOG = {"providerRequest": {"json": {}}, "providerResponse": {"json": {}, "status": 200}}


def test_a_full_disk_asks_to_come_again(
    intake: Intake, http: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is in the answer."""

    def full(batch: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(intake._inbox, "put", full)
    response = post(http, as_json(encoded(llm("chat"))), JSON)
    assert response.status_code == 503
    assert "No space left on device" in response.json()["message"]


def test_metrics_and_plain_logs_are_not_kept(intake: Intake, http: HttpReceiver) -> None:
    """An SDK that sends everything here gets a success that says so."""
    point = Metric(gauge=Gauge(data_points=[NumberDataPoint(as_int=1)]))
    metrics = ExportMetricsServiceRequest(
        resource_metrics=[ResourceMetrics(scope_metrics=[ScopeMetrics(metrics=[point])])]
    )
    response = post(http, metrics.SerializeToString(), path="/v1/metrics")
    said = ExportMetricsServiceResponse.FromString(response.content).partial_success
    assert (response.status_code, said.rejected_data_points) == (200, 1)
    assert "OTEL_METRICS_EXPORTER=none" in said.error_message
    record = {"body": {"stringValue": "hello"}, "severityText": "INFO"}
    logs = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    answer = post(http, json.dumps(logs).encode(), JSON, "/v1/logs").json()
    assert answer["partialSuccess"]["rejectedLogRecords"] == "1"
    empty = post(http, b"", path="/v1/logs")
    assert ExportLogsServiceResponse.FromString(empty.content) == ExportLogsServiceResponse()
    figures = intake.figures()
    assert (figures.dropped_logs, figures.dropped_points) == (1, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"host": "rebound.example"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "null"},
    ],
)
def test_web_pages_may_not_send(http: HttpReceiver, intake: Intake, headers: Any) -> None:
    """Neither across sites nor through a name that somebody's DNS turned to this machine."""
    assert post(http, encoded(llm("chat")), {**PROTOBUF, **headers}).status_code == 403
    assert intake.figures().received == 0


@pytest.mark.parametrize(
    ("path", "media", "read"),
    [
        ("/v1/traces", PROTOBUF, lambda body: Status.FromString(body).message),
        ("/v1/logs", JSON, lambda body: json.loads(body)["message"]),
        ("/custom/v1/log", JSON, lambda body: json.loads(body)["error"]),
    ],
)
def test_who_may_not_send_is_told_in_the_protocol_s_words(
    http: HttpReceiver, path: str, media: Any, read: Any
) -> None:
    """So that a Collector can log that its host has to be allowed."""
    response = post(http, b"", {**media, "host": "host.docker.internal:4318"}, path)
    assert response.status_code == 403
    assert response.headers["content-type"] == media["content-type"].partition(";")[0]
    assert "start it with --allow-host" in read(response.content)


def test_who_shows_no_token_is_told_so(intake: Intake) -> None:
    """UNAUTHENTICATED, as gRPC says it."""
    receiver = HttpReceiver(intake, port=0, policy=Policy(token="fake-token-0000"))
    receiver.start()
    response = post(receiver, b"")
    shown = post(receiver, b"", {**PROTOBUF, "authorization": "Bearer fake-token-0000"})
    receiver.stop()
    assert (response.status_code, Status.FromString(response.content).code) == (401, 16)
    assert shown.status_code == 200


@pytest.mark.parametrize("token", [None, "fake-token-0000"])
async def test_a_page_that_is_allowed_may(intake: Intake, token: str | None) -> None:
    """Its browser asks first, and shows no token when it does."""
    policy = Policy(origins=frozenset({"https://app.example.com"}), token=token)
    app = application(intake, policy)
    transport = httpx.ASGITransport(app=app)
    asks = {
        "origin": "https://app.example.com",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:4318") as client:
        answer = await client.options("/v1/traces", headers=asks)
        other = {**asks, "origin": "https://evil.example"}
        refused = await client.options("/v1/traces", headers=other)
        sent = await client.post("/v1/traces", headers={**PROTOBUF, "origin": asks["origin"]})
    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
    assert (answer.status_code, refused.status_code) == (200, 403)
    assert sent.status_code == (200 if token is None else 401)


def test_secrets_are_masked(http: HttpReceiver, stored: Stored, store: Any) -> None:
    """A key in an attribute is not in the store, and what waited for it is gone."""
    key = "sk-helicone-" + "0" * 40
    post(http, encoded(span("call", http__request__header__authorization=f"Bearer {key}", a=key)))
    stored()
    everything = b"".join(path.read_bytes() for path in store.parent.rglob("*") if path.is_file())
    assert key.encode() not in everything
    assert list(store.with_name(f"{store.name}-inbox").iterdir()) == []


def test_a_port_that_is_taken_is_said(http: HttpReceiver, intake: Intake) -> None:
    """With what to do about it."""
    with pytest.raises(OSError, match="is another collector running"):
        HttpReceiver(intake, port=http.port).start()
