"""`helisession ls` and `show` with --from: a real Jaeger and Tempo beside the embedded store."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from otel_helisession import SessionTraceExporter
from otel_helisession.cli import main
from tests.backends.jaeger import Jaeger
from tests.backends.processes import until
from tests.backends.tempo import Tempo
from tests.recorded import Recorder, store

Backend = Jaeger | Tempo


@pytest.fixture(params=["jaeger", "tempo"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each of the two."""
    found: Backend = request.getfixturevalue(request.param)
    return found


def origin(backend: Backend) -> list[str]:
    """Return the options that name *backend*."""
    return ["--from", type(backend).__name__.lower(), backend.url]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command; return its exit code and what it printed."""
    capsys.readouterr()
    return main(arguments), *capsys.readouterr()


def trip(session: str, name: str = "Trip") -> list[ReadableSpan]:
    """Return a session of two traces a minute ago: a plan with a call, and a tool that failed."""
    recorder = Recorder(time.time_ns() - 60_000_000_000)
    said = {"session": session, "helicone.session.name": name, "session.id": session}
    plan = recorder.span("plan", path="/trip/plan", times=(0, 900), **said)
    recorder.llm(path="/trip/plan", times=(0, 900), parent=plan, tokens=(1_200, 80), **said)
    late = ("TimeoutError", "the hotel did not answer")
    recorder.tool("hotel", path="/trip/book", times=(900, 1_100), error=late, **said)
    return recorder.take()


def send(spans: Sequence[ReadableSpan], backend: Backend) -> None:
    """Send *spans* by the stock exporter."""
    exporter = OTLPSpanExporter(endpoint=backend.otlp_http)
    assert exporter.export(spans) is SpanExportResult.SUCCESS
    exporter.shutdown()


def shown(capsys: pytest.CaptureFixture[str], session: str, *where: str) -> dict[str, Any]:
    """Return what `show --json` says of a session; empty when it is not there."""
    code, out, _ = run(capsys, "show", session, "--json", *where)
    found: dict[str, Any] = json.loads(out) if code == 0 else {}
    return found


def arrived(
    capsys: pytest.CaptureFixture[str], session: str, backend: Backend, spans: int
) -> dict[str, Any]:
    """Wait until all spans of a session are shown, and return what is."""
    found: list[dict[str, Any]] = [{}]

    def ask() -> bool:
        found[0] = shown(capsys, session, *origin(backend))
        return len(found[0].get("spans", ())) == spans

    assert until(ask, 20), found[0]
    return found[0]


def fresh() -> str:
    """Return an id that no other test has."""
    return f"terminal-{uuid.uuid4()}"


def test_a_session_is_what_the_store_would_show(
    backend: Backend, capsys: pytest.CaptureFixture[str]
) -> None:
    """Session, totals and spans are the same, with every attribute and nanosecond."""
    session = fresh()
    spans = trip(session)
    store(spans)
    send(spans, backend)
    assert arrived(capsys, session, backend, 3) == shown(capsys, session)


def test_the_tree_is_drawn_by_the_start_of_an_id(
    backend: Backend, capsys: pytest.CaptureFixture[str]
) -> None:
    """As from the store, line by line."""
    session = fresh()
    store(trip(session))
    send(trip(session), backend)
    arrived(capsys, session, backend, 3)
    drawn = run(capsys, "show", session[:30], *origin(backend))
    assert drawn[0] == 0
    lines = [line.split()[:4] for line in drawn[1].splitlines()[4:]]
    mine = run(capsys, "show", session)[1].splitlines()[4:]
    assert lines == [line.split()[:4] for line in mine]


def test_ls_lists_the_newest_first(backend: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    """By name, with the same totals; --limit says what it leaves out."""
    name, sessions = f"Trip {uuid.uuid4()}", [fresh(), fresh()]
    for session in sessions:
        send(trip(session, name), backend)
        arrived(capsys, session, backend, 3)
    _, out, _ = run(capsys, "ls", "--json", "--name", name, *origin(backend))
    listed = json.loads(out)["sessions"]
    assert [(one["id"], one["requests"]["llm"], one["errors"]) for one in listed] == [
        (sessions[1], 1, 1),
        (sessions[0], 1, 1),
    ]
    _, out, err = run(capsys, "ls", "--name", name, "--limit", "1", *origin(backend))
    assert (len(out.splitlines()), "1 of 2 sessions" in err) == (2, True)


def test_spans_that_came_twice_count_once(
    backend: Backend, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tempo keeps both, Jaeger too; the totals are right, and the line says so."""
    session = fresh()
    spans = trip(session)
    send(spans, backend)
    send(spans, backend)
    found = arrived(capsys, session, backend, 3)
    assert found["session"]["requests"]["llm"] == 1


def test_what_others_name_a_session_is_found(
    backend: Backend, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program without our processor writes session.id on its root; the tree gives the paths."""
    session = fresh()
    recorder = Recorder(time.time_ns() - 60_000_000_000)
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "clerk"}
    root = recorder.span("agent", session=None, times=(0, 9), **agent, **{"session.id": session})
    recorder.llm(session=None, times=(1, 8), parent=root)
    send(recorder.take(), backend)
    found = arrived(capsys, session, backend, 2)
    assert [one["path"] for one in found["spans"]] == ["/clerk", "/clerk"]


def test_a_sessions_own_trace_is_enough(
    backend: Backend, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where only a SessionTraceExporter sends, its requests are the session's."""
    session = fresh()
    exporter = SessionTraceExporter(OTLPSpanExporter(endpoint=backend.otlp_http))
    exporter.export(trip(session))
    exporter.shutdown()
    found = arrived(capsys, session, backend, 2)
    assert [(one["kind"], one["path"], one["status"]) for one in found["spans"]] == [
        ("llm", "/trip/plan", "unset"),
        ("tool", "/trip/book", "error"),
    ]


def test_a_sessions_own_trace_counts_nothing_twice(
    backend: Backend, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where its spans are there too, the copies in its own trace are left out."""
    session = fresh()
    spans = trip(session)
    exporter = SessionTraceExporter(OTLPSpanExporter(endpoint=backend.otlp_http))
    exporter.export(spans)
    exporter.shutdown()
    send(spans, backend)
    found = arrived(capsys, session, backend, 3)
    assert found["session"]["requests"] == {"llm": 1, "tool": 1, "vector_db": 0, "data": 0}


def test_ids_may_have_any_signs(backend: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    """Quotes, backslashes and letters beyond ASCII are no TraceQL."""
    session = str(uuid.uuid4()) + ' "x" } \\ \u00fc'
    send(trip(session), backend)
    assert arrived(capsys, session, backend, 3)["session"]["id"] == session


def test_a_session_that_is_not_there(backend: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says where the others are listed."""
    send(trip(fresh()), backend)
    code, _, err = run(capsys, "show", "zzzz", *origin(backend))
    assert (code, "see: helisession ls --from" in err) == (1, True)


def test_a_time_without_sessions(backend: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    """What is there instead, and what to do."""
    send(trip(fresh()), backend)
    assert until(lambda: "tests" in run(capsys, "show", "x", "--since", "0m", *origin(backend))[2])
    code, _, err = run(capsys, "show", "x", "--since", "0m", *origin(backend))
    assert code == 1, err
    assert "has no session in that time; it has spans of" in err


def test_a_wrong_backend_says_so(
    jaeger: Jaeger, tempo: Tempo, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each asked as if it were the other; Jaeger answers any path with its page."""
    code, _, err = run(capsys, "ls", "--from", "tempo", jaeger.url)
    assert (code, "does not answer like one" in err) == (2, True)
    code, _, err = run(capsys, "ls", "--from", "jaeger", tempo.url)
    assert (code, "404" in err) == (2, True)


def test_jaeger_has_no_such_service(jaeger: Jaeger, capsys: pytest.CaptureFixture[str]) -> None:
    """The message says which there are."""
    send(trip(fresh()), jaeger)
    code, _, err = run(capsys, "ls", "--service", "nobody", *origin(jaeger))
    assert code == 2
    assert "has no service 'nobody'; it has" in err
