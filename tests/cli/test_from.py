"""--from: backends that are down, slow, wrong or confused. What a real Jaeger and Tempo answer is
in tests/backends/test_terminal.py."""

from __future__ import annotations

import base64
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from otel_helisession.backends.address import Address
from otel_helisession.backends.asking import ask
from otel_helisession.backends.backend import Found, Wanted, Window
from otel_helisession.backends.error import BackendError
from otel_helisession.backends.otlp_json import spans_in
from otel_helisession.backends.tempo import query
from tests.cli.conftest import Command
from tests.servers.echo import EchoServer, Request

JSON = {"content-type": "application/json"}


def tempo(command: Command, echo: EchoServer, body: bytes, status: int = 200) -> str:
    """Return what `ls` says of a Tempo that answers a search with *body*."""
    echo.answers["/api/search"] = (status, JSON, body)
    outcome = command("ls", "--from", "tempo", echo.url)
    assert outcome.code == 2
    return outcome.err


@pytest.mark.parametrize("kind", ["jaeger", "tempo"])
def test_a_backend_that_is_down(kind: str, command: Command) -> None:
    """Exit code 2, and a question."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        outcome = command("show", "s-1", "--from", kind, url)
    assert outcome.code == 2
    assert outcome.err == (
        f"Error: nothing answers at {url} (Connection refused); is {kind} running there?\n"
    )


def test_a_backend_that_is_too_slow(echo: EchoServer) -> None:
    """The question ends after its time, also while the answer drips."""

    class Slow(EchoServer):
        def answer(self, request: Request) -> tuple[int, dict[str, str], bytes]:
            time.sleep(0.5)
            return super().answer(request)

    with Slow() as server:
        address = Address.of("tempo", server.url)
        with pytest.raises(BackendError, match="did not answer within 0 s; ask for less"):
            ask(address, "/api/search", timeout_seconds=0.1)


def test_a_backend_that_fails(command: Command, echo: EchoServer) -> None:
    """Its own words, in short."""
    said = tempo(command, echo, b"too many jobs in the queue\n", 500)
    assert f"Tempo at {echo.url} answers 500: it could not answer: too many jobs" in said


@pytest.mark.parametrize(
    "body", [b"\x00\xff\x00", b"<html>Sign in</html>", b"[]", b"", b"[" * 100_000]
)
def test_garbage_is_no_answer(body: bytes, command: Command, echo: EchoServer) -> None:
    """What is not JSON's object is quoted, on one line."""
    said = tempo(command, echo, body)
    assert "does not answer like one: /api/search should be JSON and begins with" in said


@pytest.mark.parametrize(
    "answer",
    [
        {"traces": [{"traceID": "1"}, 7]},
        {"traces": [{"spanSets": [{"spans": [{}]}]}]},
        {"traces": "many"},
        {"traces": [{"traceID": "1", "spanSets": [{"spans": [{"attributes": [{"key": 1}]}]}]}]},
    ],
)
def test_json_of_another_shape(answer: Any, command: Command, echo: EchoServer) -> None:
    """No traceback, but that it is not known."""
    said = tempo(command, echo, json.dumps(answer).encode())
    assert "answers a search in a way that is not known" in said


@pytest.mark.parametrize(
    "answer", [{"data": "x"}, {}, {"data": [{"traceID": "1", "spans": [{"tags": 1}]}]}]
)
def test_a_jaeger_of_another_shape(answer: Any, command: Command, echo: EchoServer) -> None:
    """Likewise."""
    echo.answers["/api/services"] = (200, JSON, b'{"data": ["shop"]}')
    echo.answers["/api/traces"] = (200, JSON, json.dumps(answer).encode())
    outcome = command("ls", "--from", "jaeger", echo.url)
    assert (outcome.code, "in a way that is not known" in outcome.err) == (2, True)


def test_a_jaeger_without_services(command: Command, echo: EchoServer) -> None:
    """Nothing has arrived there; that is said, and no error of `ls`."""
    echo.answers["/api/services"] = (200, JSON, b'{"data": null, "errors": null}')
    outcome = command("ls", "--from", "jaeger", echo.url)
    assert outcome.code == 0
    assert "has no session in that time; it has spans of no service." in outcome.err


def test_a_backend_that_wants_a_key(command: Command, echo: EchoServer) -> None:
    """The message says where to put one."""
    assert "set HELISESSION_BACKEND_HEADERS" in tempo(command, echo, b"no", 401)


def test_a_redirect_is_not_followed(command: Command, echo: EchoServer) -> None:
    """It would take the headers along; the message says where it leads."""
    target = {"location": "http://elsewhere.example/login?next=secret"}
    echo.answers["/api/search"] = (302, target, b"")
    outcome = command("ls", "--from", "tempo", echo.url)
    assert "it redirects to 'http://elsewhere.example/login'" in outcome.err
    assert len(echo.requests) == 1


def test_headers_are_sent_and_never_shown(
    command: Command, echo: EchoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the variable, of the option, and a user in the URL, which is no part of it."""
    monkeypatch.setenv("HELISESSION_BACKEND_HEADERS", "x-scope-orgid=one,X-Key=a%20b")
    url = echo.url.replace("http://", "http://ann:pass%21@")
    echo.answers["/api/search"] = (500, JSON, b"no")
    outcome = command("ls", "--from", "tempo", url, "--header", "X-Scope-OrgID=two")
    sent = echo.last.headers
    assert (sent["x-scope-orgid"], sent["x-key"]) == ("two", "a b")
    assert base64.b64decode(sent["authorization"].split()[1]) == b"ann:pass!"
    assert "pass" not in outcome.err
    assert "ann" not in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "tempo", "localhost:3200"),
        ("--from", "tempo", "http://localhost:3200/?q=1"),
        ("--from", "tempo", "http://localhost:port"),
        ("--from", "tempo", "http://ann:secret@"),
        ("--from", "zipkin", "http://localhost"),
        ("--from", "tempo", "http://localhost", "--service", "shop"),
        ("--from", "tempo", "http://localhost", "--header", "no header"),
        ("--from", "tempo", "http://localhost", "--since", "soon"),
        ("--from", "tempo", "http://localhost", "--store", "x.db"),
        ("--since", "1d"),
    ],
)
def test_wrong_usage_asks_nobody(arguments: tuple[str, ...], command: Command) -> None:
    """Exit code 2, and nothing of a password."""
    outcome = command("ls", *arguments)
    assert (outcome.code, "secret" in outcome.err) == (2, False)


def test_a_week_at_a_time() -> None:
    """Tempo refuses more than seven days in one question; the newest are asked first."""
    assert list(Window(0, 10).parts(4)) == [Window(6, 10), Window(2, 6), Window(0, 2)]


def test_ids_are_quoted() -> None:
    """What somebody typed is no TraceQL."""
    asked = query(Wanted(session_id='a" } || { true \\'))
    assert asked.startswith('{ span.helicone.session.id = "a\\" } || { true \\\\" } | select(')


def test_sessions_keep_their_first_name() -> None:
    """Of the spans of a session the first with a name says it."""
    found = Found()
    for name in ("", "Trip", "Walk"):
        found.add("s-1", name, "t-1")
    assert (found.names, found.traces) == ({"s-1": "Trip"}, {"s-1": ["t-1"]})


@pytest.fixture
def span() -> dict[str, Any]:
    """A span in OTLP's JSON, with a link."""
    ids = {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331"}
    return {**ids, "parentSpanId": "00f067aa0ba902b7", "name": "chat", "links": [dict(ids)]}


def _wrapped(span: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


def _base64(said: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in said.items():
        if key.endswith("Id"):
            yield key, base64.b64encode(bytes.fromhex(value)).decode()
        else:
            yield key, [dict(_base64(one)) for one in value] if key == "links" else value


def test_ids_in_base64_are_the_same(span: dict[str, Any]) -> None:
    """Jaeger writes them in hexadecimal, Tempo as protobuf's JSON has bytes."""
    address = Address.of("tempo", "http://localhost:3200")
    [other] = spans_in(_wrapped(dict(_base64(span))), address)
    [one] = spans_in(_wrapped(span), address)
    assert (one.context, one.parent) == (other.context, other.parent)
    assert one.links[0].context == other.links[0].context


@pytest.mark.parametrize(
    "said",
    [7, {"resourceSpans": 7}, {"resourceSpans": [7]}, {"resourceSpans": [{"scopeSpans": 1}]}],
)
def test_spans_of_another_shape(said: Any) -> None:
    """Say so."""
    with pytest.raises(BackendError, match="answers spans that cannot be read"):
        spans_in(said, Address.of("jaeger", "http://localhost:16686"))
