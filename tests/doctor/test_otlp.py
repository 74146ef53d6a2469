"""`helisession doctor otlp`: every hop of a probe, passed and failed."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.backends.address import Address
from otel_helisession.backends.backend import Found, Wanted, Window
from otel_helisession.backends.error import BackendError
from otel_helisession.cli import main
from otel_helisession.diagnosis.otlp import sending
from otel_helisession.diagnosis.otlp.answers import grpc_refusal
from otel_helisession.diagnosis.otlp.arrival import arrival
from otel_helisession.diagnosis.otlp.session import Probe, probe
from otel_helisession.diagnosis.otlp.target import resolve
from otel_helisession.otlp.decoding import spans_of
from otel_helisession.otlp.encoding import request_of
from tests.servers.echo import EchoServer
from tests.servers.otlp import GrpcSink, HttpSink

PROTOBUF = {"content-type": "application/x-protobuf"}

Doctor = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def _heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exporter does not log the same line twice in a while, and each test wants to hear it."""
    monkeypatch.setattr(sending, "PATIENCE_SECONDS", 4.0)  # old exporters try for a minute
    logging.getLogger("opentelemetry.exporter.otlp.proto.grpc.exporter").warning("another test")


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Doctor:
    """``doctor("--endpoint", URL)`` returns the exit code, and what was printed in one line."""

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["doctor", "otlp", *arguments])
        out, err = capsys.readouterr()
        return code, " ".join((out + err).split())

    return run


def test_over_http_all_is_accepted(doctor: Doctor, otlp_http: HttpSink) -> None:
    """A session of four spans in two traces arrives; the path of the receiver is added."""
    code, said = doctor("--endpoint", otlp_http.endpoint, "--protocol", "http/protobuf")
    assert (code, "accepted 4 spans in" in said) == (0, True)
    assert len({span.trace_id for span in otlp_http.spans()}) == 2
    assert [span.name for span in otlp_http.spans() if not span.parent_span_id] == [
        "invoke_agent doctor",
        "second turn",
    ]


def test_over_grpc_all_is_accepted(doctor: Doctor, otlp_grpc: GrpcSink) -> None:
    """And without --from nothing is claimed of a backend."""
    code, said = doctor("--endpoint", otlp_grpc.endpoint)
    assert (code, len(otlp_grpc.spans())) == (0, 4)
    assert "? backend Whether a backend shows it is not known" in said


def test_the_environment_says_where(
    doctor: Doctor, otlp_http: HttpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a program: the endpoint, the protocol, and headers, which are not shown."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", otlp_http.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=secret")
    code, said = doctor()
    assert (code, len(otlp_http.spans())) == (0, 4)
    assert "which is OTEL_EXPORTER_OTLP_ENDPOINT" in said
    assert "secret" not in said


def test_nobody_listens(doctor: Doctor) -> None:
    """The connection is refused; nothing is sent."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        code, said = doctor("--endpoint", f"http://127.0.0.1:{server.getsockname()[1]}")
    assert code == 1
    assert "FAILED connection" in said
    assert "Is the Collector running" in said


def test_the_name_does_not_resolve(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a program outside of its compose network."""

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    code, said = doctor("--endpoint", "http://collector:4318")
    assert (code, "FAILED name The name collector does not resolve" in said) == (1, True)


def test_tls_where_there_is_none(doctor: Doctor, echo: EchoServer) -> None:
    """A server without TLS; what to write instead is said."""
    code, said = doctor("--endpoint", echo.url.replace("http", "https", 1), "--protocol", "grpc")
    assert (code, "FAILED tls TLS fails" in said, "write http://" in said) == (1, True, True)


def test_grpc_at_a_port_for_http(
    doctor: Doctor, echo: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commonest mistake."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "2")
    code, said = doctor("--endpoint", echo.url)
    assert code == 1
    assert "does not speak gRPC: 4318 is OTLP's port for HTTP" in said


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (grpc.StatusCode.UNAUTHENTICATED, "It wants a key: set OTEL_EXPORTER_OTLP_HEADERS."),
        (grpc.StatusCode.UNIMPLEMENTED, "its OTLP receiver is in no traces pipeline"),
        (grpc.StatusCode.INVALID_ARGUMENT, "refused them with INVALID_ARGUMENT"),
    ],
)
def test_grpc_refuses(
    status: grpc.StatusCode, hint: str, doctor: Doctor, otlp_grpc: GrpcSink
) -> None:
    """The status, what to do, and the server's words if the exporter tells them."""
    otlp_grpc.status = status
    code, said = doctor("--endpoint", otlp_grpc.endpoint)
    assert (code, hint in said) == (1, True), said
    assert f"refused them with {status.name}" in said


def test_the_servers_words_are_quoted() -> None:
    """On one line, without secrets, as far as they are short."""
    said = grpc_refusal("UNAUTHENTICATED", "no\nkey sk-helicone-0000000-0000000-0000000-0000000")
    assert said.startswith("refused them with UNAUTHENTICATED: no key [")
    assert said.endswith(" It wants a key: set OTEL_EXPORTER_OTLP_HEADERS.")


def test_it_is_full(doctor: Doctor, otlp_grpc: GrpcSink, monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory limiter's refusal, after the exporter has tried for its time."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    otlp_grpc.status = grpc.StatusCode.RESOURCE_EXHAUSTED
    code, said = doctor("--endpoint", otlp_grpc.endpoint)
    assert (code, "look at memory_limiter" in said) == (1, True), said


@pytest.mark.parametrize(
    ("status", "headers", "body", "hint"),
    [
        (401, {}, b"", "401 Unauthorized. It wants a key: set OTEL_EXPORTER_OTLP_HEADERS."),
        (404, {}, b"404 page not found", "404 page not found. There is nothing at that path"),
        (400, {"content-type": "application/json"}, b'{"message": "bad span"}', ": bad span."),
        (400, {"content-type": "text/html"}, b"<html>", ": it answers a web page."),
        (400, PROTOBUF, b"\x12\x09too large", ": too large."),
        (400, PROTOBUF, b"\xff", "400 Bad Request."),
    ],
)
def test_http_refuses(
    status: int,
    headers: dict[str, str],
    body: bytes,
    hint: str,
    doctor: Doctor,
    echo: EchoServer,
) -> None:
    """The status, the server's words in any of its formats, and what to do."""
    echo.answers["/v1/traces"] = (status, headers, body)
    code, said = doctor("--endpoint", echo.url, "--protocol", "http/protobuf")
    assert (code, hint in said) == (1, True), said


def test_a_part_is_refused(doctor: Doctor, echo: EchoServer) -> None:
    """The exporter calls it a success; this does not."""
    answer = ExportTraceServiceResponse()
    answer.partial_success.rejected_spans = 3
    answer.partial_success.error_message = "over the quota"
    echo.answers["/v1/traces"] = (200, PROTOBUF, answer.SerializeToString())
    code, said = doctor("--endpoint", echo.url, "--protocol", "http/protobuf")
    assert code == 1
    assert "took 1 of 4 spans, and refused 3 for good: over the quota." in said


def test_a_warning_is_passed_on(doctor: Doctor, echo: EchoServer) -> None:
    """Nothing refused, and a message: the specification's warning."""
    answer = json.dumps({"partialSuccess": {"errorMessage": "old version", "new": 1}}).encode()
    echo.answers["/v1/traces"] = (200, {"content-type": "application/json"}, answer)
    code, said = doctor("--endpoint", echo.url, "--protocol", "http/protobuf")
    assert (code, "It warns: old version." in said) == (0, True)


def test_json(doctor: Doctor, otlp_grpc: GrpcSink) -> None:
    """For programs."""
    code, said = doctor("--endpoint", otlp_grpc.endpoint, "--json")
    document = json.loads(said)
    assert (code, sorted(document)) == (0, ["endpoint", "hops", "session"])
    assert [(hop["hop"], hop["state"]) for hop in document["hops"]] == [
        ("connection", "passed"),
        ("answer", "passed"),
        ("backend", "unknown"),
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--endpoint", "ftp://localhost"),
        ("--endpoint", "http://"),
        ("--endpoint", "http://u:secret@localhost:port"),
        ("--endpoint", "localhost:4318"),
        ("--protocol", "http/json"),
        ("--header", "a=b"),
        ("--from", "tempo", "localhost"),
    ],
)
def test_wrong_usage_sends_nothing(arguments: tuple[str, ...], doctor: Doctor) -> None:
    """Exit code 2, and nothing of a password."""
    code, said = doctor(*arguments)
    assert (code, "secret" in said) == (2, False)


def test_switched_off(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the off switch there are no spans to send."""
    monkeypatch.setenv("HELISESSION_DISABLED", "true")
    code, said = doctor()
    assert (code, "HELISESSION_DISABLED" in said) == (2, True)


@pytest.mark.parametrize(
    ("endpoint", "found"),
    [
        ("http://c:4317", ("grpc", "c", 4317, False)),
        ("http://c:4318", ("http/protobuf", "c", 4318, False)),
        ("https://c", ("grpc", "c", 443, True)),
        ("c:4317", ("grpc", "c", 4317, True)),
        ("http://[::1]:4318/x", ("http/protobuf", "::1", 4318, False)),
    ],
)
def test_endpoints_are_read_as_the_exporters_read_them(
    endpoint: str, found: tuple[str, str, int, bool]
) -> None:
    """A gRPC endpoint without a scheme is TLS, unless OTEL_EXPORTER_OTLP_INSECURE."""
    target = resolve(endpoint)
    assert (target.protocol, target.host, target.port, target.tls) == found


class Showing:
    """A backend that shows *spans*, or fails."""

    def __init__(self, spans: Sequence[ReadableSpan], error: str = "") -> None:
        self.address = Address.of("tempo", "http://localhost:3200")
        self.remarks: list[str] = []
        self._spans = spans
        self._error = error

    def search(self, wanted: Wanted, window: Window) -> Found:
        if self._error:
            raise BackendError(self._error)
        found = Found()
        if self._spans:
            found.add(wanted.session_id or "", "", "t-1")
        return found

    def spans(self, trace_id: str) -> Sequence[ReadableSpan]:
        return self._spans

    def forget(self) -> None:
        pass

    def there(self) -> str:
        return "it has spans of shop"


@pytest.fixture(scope="module")
def sent() -> Probe:
    """What is sent."""
    return probe()


def back(sent: Probe, **changes: Any) -> list[ReadableSpan]:
    """Return what comes back, with attributes of the first span changed; None takes one away."""
    request = request_of(sent.spans)
    first = request.resource_spans[0].scope_spans[0].spans[0]
    kept = [one for one in first.attributes if one.key.replace(".", "_") not in changes]
    del first.attributes[:]
    first.attributes.extend(kept)
    for name, value in changes.items():
        if value is not None:
            first.attributes.add(key=name.replace("_", ".")).value.string_value = value
    return list(spans_of(request))


def test_all_of_it_arrived(sent: Probe) -> None:
    """Each span once, with every attribute."""
    hop = arrival(Showing(back(sent)), sent, 0)
    assert (hop.state, "4 spans, each once, with every attribute" in hop.sentence) == (
        "passed",
        True,
    )


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (lambda sent: [], "shows nothing of the session after 0 s; it has spans of shop."),
        (lambda sent: back(sent)[1:], "shows 3 of 4 spans after 0 s; missing: chat no-model."),
        (lambda sent: [*back(sent), *back(sent)[:1]], "has chat no-model more than once."),
        (lambda sent: back(sent, user_id=None), "but not as they were sent: user.id is gone."),
        (lambda sent: back(sent, user_id="x"), "as they were sent: user.id has changed."),
    ],
)
def test_what_is_wrong_with_what_arrived(
    shown: Callable[[Probe], list[ReadableSpan]], reason: str, sent: Probe
) -> None:
    """Nothing, a part, twice, or changed on the way."""
    hop = arrival(Showing(shown(sent)), sent, 0)
    assert (hop.state, reason in hop.sentence) == ("failed", True), hop.sentence


def test_a_backend_that_cannot_be_asked(sent: Probe) -> None:
    """Its own sentence."""
    hop = arrival(Showing((), "nothing answers"), sent, 0)
    assert (hop.state, hop.sentence) == ("failed", "nothing answers.")
