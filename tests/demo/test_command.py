"""`helisession demo`, as a stranger runs it: the real command in a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from otel_helisession.extras import installing
from tests.servers.otlp import HttpSink, attributes_of

COMMAND = [str(Path(sys.executable).with_name("helisession"))]
_BLOCKED = """
import sys
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name == "qdrant_client":
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
sys.meta_path.insert(0, Gone())
from otel_helisession.cli import main
sys.exit(main())
"""


@dataclass
class Demo:
    """One run of the demo, which the tests below look at."""

    store: Path
    process: subprocess.CompletedProcess[str]

    def command(self, *arguments: str) -> Any:
        """Run another subcommand on the same store, and return its JSON."""
        found = _run([*arguments, "--json"], self.store)
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout)


def _run(
    arguments: Sequence[str], store: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env={**os.environ, "HELISESSION_STORE": str(store), **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=90,
    )


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    store = tmp_path_factory.mktemp("demo") / "sessions.db"
    # A proxy and a backend that are not there: the demo must not need any network.
    nowhere = dict.fromkeys(
        ("HTTP_PROXY", "ALL_PROXY", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), "http://127.0.0.1:9"
    )
    return Demo(store, _run(["demo"], store, PYTHONIOENCODING="utf-8", **nowhere))


def test_it_succeeds_and_is_plain_when_piped(ran: Demo) -> None:
    """Exit code 0, no escape sequence on either stream."""
    assert ran.process.returncode == 0, ran.process.stderr
    assert "\x1b" not in ran.process.stdout + ran.process.stderr


def test_it_reports_progress_on_standard_error(ran: Demo) -> None:
    """And nothing else: no warning, no traceback."""
    lines = ran.process.stderr.splitlines()
    assert lines[0] == "loading the SDKs"
    assert lines[-1] == "storing"
    assert "Lisbon: tries the flight search again: it timed out" in lines
    assert all(re.match(r"(Kyoto|Reykjavík|Lisbon): ", line) for line in lines[1:-1])


def test_the_tree_shows_folders_requests_and_the_failure(ran: Demo) -> None:
    """The last session: where its work happened, on which models, and what went wrong."""
    drawn = ran.process.stdout
    assert drawn.startswith("Trip planner")
    for said in (
        "/trip",
        "/research",
        "/search_flights",
        "/search_hotels",
        "/check_weather",
        "/write",
        "/answer",
        "gpt-5.4-mini-2026-03-17",
        "claude-sonnet-5",
        "text-embedding-3-small",
        "search hotels",
        "save_itinerary",
        "TimeoutError: the airline's search did not answer within 80 ms",
    ):
        assert said in drawn, said


def test_it_lists_the_sessions_and_says_what_to_type_next(ran: Demo) -> None:
    """What it prints last are commands that work."""
    end = ran.process.stdout[ran.process.stdout.index("3 sessions stored in") :]
    assert str(ran.store) in end
    commands = re.findall(r"^  (?:\S*/)?helisession (.*?)   ", end, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["view", "ls", "show", "show", "rm"]
    for command in commands[1:4]:
        assert _run(command.split(), ran.store).returncode == 0


def test_the_store_has_three_sessions_of_one_name(ran: Demo) -> None:
    """Each has an id, a user and totals of its own."""
    sessions = ran.command("ls")["sessions"]
    assert [session["name"] for session in sessions] == ["Trip planner"] * 3
    assert [session["user_id"] for session in sessions] == ["user-03", "user-02", "user-01"]
    assert [session["properties"] for session in sessions] == [
        {"destination": "Lisbon"},
        {"destination": "Reykjavík"},
        {"destination": "Kyoto"},
    ]
    assert [session["errors"] for session in sessions] == [1, 0, 0]
    assert [session["requests"] for session in sessions] == [
        {"llm": 5, "tool": 4, "vector_db": 1, "data": 1},
        {"llm": 5, "tool": 3, "vector_db": 1, "data": 1},
        {"llm": 5, "tool": 3, "vector_db": 1, "data": 1},
    ]
    assert sessions[1]["id"].startswith("chat-")


def test_show_has_every_request_with_its_path(ran: Demo) -> None:
    """The whole session, kinds and paths, as a program reads it."""
    newest = ran.command("ls")["sessions"][0]["id"]
    spans = ran.command("show", newest)["spans"]
    requests = sorted(
        (span["path"], span["kind"], span["model"] or span["target"])
        for span in spans
        if span["kind"] != "structure"
    )
    assert requests == [
        ("/trip", "data", "save_itinerary"),
        ("/trip/answer", "llm", "gpt-5.4-mini-2026-03-17"),
        ("/trip/research", "llm", "gpt-5.4-mini-2026-03-17"),
        ("/trip/research/check_weather", "llm", "gpt-5.4-mini-2026-03-17"),
        ("/trip/research/check_weather", "tool", "check_weather"),
        ("/trip/research/search_flights", "tool", "search_flights"),
        ("/trip/research/search_flights", "tool", "search_flights"),
        ("/trip/research/search_hotels", "llm", "text-embedding-3-small"),
        ("/trip/research/search_hotels", "tool", "search_hotels"),
        ("/trip/research/search_hotels", "vector_db", "hotels"),
        ("/trip/write", "llm", "claude-sonnet-5"),
    ]
    steps = [span["path"] for span in spans if span["kind"] == "structure"]
    assert steps == ["/trip/research", "/trip/write", "/trip/answer"]


def test_show_has_what_was_said(ran: Demo) -> None:
    """Messages, tokens, time to the first token, the retried tool, real matches."""
    newest = ran.command("ls")["sessions"][0]["id"]
    spans = ran.command("show", newest)["spans"]
    (answer,) = [span for span in spans if span["path"] == "/trip/answer" and span["model"]]
    assert answer["messages"]["output"][0]["parts"][0]["content"].startswith("Your trip to Lisbon")
    assert answer["tokens"]["output"] > 0
    assert 0 < answer["time_to_first_token_ms"] < answer["duration_ms"]
    flights = [span for span in spans if span["target"] == "search_flights"]
    assert [span["error"] and span["error"]["type"] for span in flights] == ["TimeoutError", None]
    (search,) = [span for span in spans if span["kind"] == "vector_db"]
    assert len(search["vector"]["matches"]) == 2
    assert {match["city"] for match in search["vector"]["matches"]} == {"Lisbon"}


def test_a_second_run_adds_sessions_of_its_own(ran: Demo, tmp_path: Path) -> None:
    """Nothing is mixed with an earlier run, whose chat had another id."""
    store = tmp_path / "sessions.db"
    ids = set()
    for count in ("1", "2"):
        done = _run(["demo", "--sessions", count, "--store", str(store)], ran.store)
        assert done.returncode == 0, done.stderr
        sessions = Demo(store, done).command("ls")["sessions"]
        ids |= {session["id"] for session in sessions}
    assert len(ids) == 3
    assert len(ran.command("ls")["sessions"]) == 3


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    """One sentence, exit code 2, no traceback."""
    done = subprocess.run(
        [sys.executable, "-c", _BLOCKED, "demo", "--store", str(tmp_path / "sessions.db")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "loading the SDKs",
        "Error: the demo needs the SDKs that it shows (No module named 'qdrant_client'); "
        f"install them with: {installing('demo')}",
    ]


def test_switched_off_it_says_so(tmp_path: Path) -> None:
    """The off switch holds for the demo too: no spans, no file."""
    done = _run(["demo"], tmp_path / "sessions.db", HELISESSION_DISABLED="true")
    assert (done.returncode, done.stdout) == (2, "")
    assert "while HELISESSION_DISABLED or OTEL_SDK_DISABLED is set" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_used_is_said_first(tmp_path: Path) -> None:
    """A store that cannot be written: exit code 2 before the trip, and what to give instead."""
    taken = tmp_path / "file"
    taken.touch()
    bad = taken / "sessions.db"
    remedy = "a file in a directory that you can write to"
    for option, advice in (([], "set HELISESSION_STORE to"), (["--store", bad], "give --store")):
        done = _run(["demo", "--sessions", "1", *map(str, option)], bad)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines() == [
            "loading the SDKs",
            f"Error: {bad} cannot be opened (File exists); {advice} {remedy}",
        ]


def test_a_sampler_that_drops_everything_is_named(tmp_path: Path) -> None:
    """Instead of an empty tree."""
    done = _run(
        ["demo", "--sessions", "1"], tmp_path / "sessions.db", OTEL_TRACES_SAMPLER="always_off"
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "OTEL_TRACES_SAMPLER, if it is set, may have dropped them" in done.stderr


def _to(sink: HttpSink, exporters: str = "otlp") -> dict[str, str]:
    """Return variables that send spans to *sink*, besides the store or not."""
    return {
        "HELISESSION_EXPORTERS": exporters,
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": sink.endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    }


def test_sessions_go_where_the_environment_says_besides(
    tmp_path: Path, otlp_http: HttpSink
) -> None:
    """As spans and as one trace a session; what is printed says so."""
    variables = _to(otlp_http, "otlp,session_trace")
    done = _run(["demo", "--sessions", "1"], tmp_path / "sessions.db", **variables)
    assert done.returncode == 0, done.stderr
    place = f"OTLP over http/protobuf at {otlp_http.endpoint}"
    assert f"\nSent: {place}.\nSent: one trace a session, {place}.\n" in done.stdout
    roles = [attributes_of(span).get("helicone.session.trace.role") for span in otlp_http.spans()]
    assert (roles.count("session"), roles.count("request"), None in roles) == (1, 11, True)


def test_what_did_not_arrive_there_is_said_after_the_tree(
    tmp_path: Path, otlp_http: HttpSink
) -> None:
    """The store has the sessions all the same; exit code 1."""
    otlp_http.status = 400
    done = _run(["demo", "--sessions", "1"], tmp_path / "sessions.db", **_to(otlp_http))
    assert (done.returncode, "1 session stored in" in done.stdout) == (1, True)
    assert "Sent: " not in done.stdout
    assert "not every span arrived where HELISESSION_EXPORTERS sends (OTLP over" in done.stderr


def test_an_endpoint_alone_sends_nothing_and_the_demo_says_so(ran: Demo) -> None:
    """It is set for other programs, and a demo is no work of theirs."""
    assert "\nSent nowhere: an OTLP endpoint is set, but" in ran.process.stdout


def test_an_exporter_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """Before anything runs."""
    done = _run(["demo"], tmp_path / "sessions.db", HELISESSION_EXPORTERS="oltp")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(
        "Error: HELISESSION_EXPORTERS has 'oltp'; accepted: otlp, session_trace"
    )


def test_ctrl_c_ends_it_quietly(tmp_path: Path) -> None:
    """No traceback, and the code that shells expect."""
    process = subprocess.Popen(
        [*COMMAND, "demo", "--sessions", "50", "--store", str(tmp_path / "sessions.db")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stderr is not None
    said = ""
    while "streams the answer" not in said:
        said = process.stderr.readline()
        assert said, "it ended by itself"
    time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, rest = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in rest


def test_help_teaches() -> None:
    """What it does, that it costs nothing, what to type next."""
    shown = subprocess.run(
        [*COMMAND, "demo", "--help"], capture_output=True, text=True, timeout=30
    ).stdout
    for said in ("scripted server on loopback", "helisession show ID", "--sessions", "--store"):
        assert said in shown
