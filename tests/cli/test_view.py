"""`helisession view`: one process that shows sessions, takes spans, and ends when told."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from otel_helisession.extras import installing
from otel_helisession.otlp.encoding import request_of
from otel_helisession.otlp.json import request_to_json
from otel_helisession.store.location import store_path
from tests.cli.conftest import Command
from tests.recorded import Recorder, store

PROGRAM = "import sys; from otel_helisession.cli import main; sys.exit(main())"
UNWRITABLE = """
from otel_helisession.store import connection
from otel_helisession.store.error import UnwritableError
def connect(path):
    raise UnwritableError("read only")
connection.connect = connect
"""
ANY_PORTS = ("--port", "0", "--otlp-http-port", "0", "--otlp-grpc-port", "0")


@contextmanager
def viewing(
    *arguments: str, program: str = PROGRAM
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run the command, and yield it with the lines that it prints until it says how to end it."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error::ResourceWarning", "-c", program, "view", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip())
            if line.startswith("Ctrl-C"):
                break
        yield process, lines
    finally:
        process.kill()
        process.communicate(timeout=10)


def place(lines: list[str], word: str) -> str:
    """Return the address in the line that has *word*."""
    said = next(line for line in lines if word in line)
    found = re.search(r"http://\S+", said)
    assert found is not None
    return found.group()


def request(*names: str) -> str:
    recorder = Recorder()
    for name in names:
        recorder.llm(session=name)
    return request_to_json(request_of(recorder.take()))


def ask(url: str, path: str) -> httpx.Response:
    return httpx.get(url.rstrip("/") + path, trust_env=False)


def test_it_shows_takes_and_ends(tmp_path: Path) -> None:
    """A recording is read first, spans come over HTTP, and Ctrl-C ends it within a second."""
    recording = tmp_path / "spans.jsonl"
    recording.write_text(request("from-a-file") + "\n")
    with viewing(str(recording), *ANY_PORTS) as (process, lines):
        url, endpoint = place(lines, "Sessions:"), place(lines, "any language")
        assert f"1 span from 1 file stored in {tmp_path / 'store' / 'sessions.db'}" in lines
        headers = {"content-type": "application/json"}
        sent = httpx.post(
            f"{endpoint}/v1/traces", content=request("sent"), headers=headers, trust_env=False
        )
        assert sent.status_code == 200
        deadline = time.monotonic() + 10
        found: list[str] = []
        while len(found) < 2 and time.monotonic() < deadline:
            found = [one["id"] for one in ask(url, "/api/sessions?sort=id").json()["sessions"]]
        assert found == ["from-a-file", "sent"]
        assert ask(url, "/api/about").json()["receivers"]["otlp_http"] == endpoint
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert time.monotonic() - begun < 3  # on a busy machine
        assert process.stdout is not None
        assert "Traceback" not in process.stdout.read()


def test_sigterm_ends_it_too() -> None:
    """As service managers do."""
    with viewing(*ANY_PORTS) as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    ("option", "others"),
    [("--otlp-http-port", "--otlp-grpc-port"), ("--otlp-grpc-port", "--otlp-http-port")],
)
def test_a_port_that_is_taken_is_said_and_does_without(option: str, others: str) -> None:
    """Another Collector may be there; the viewer is of use without, and says what to give."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        with viewing("--port", "0", option, taken, others, "off") as (_, lines):
            said = next(line for line in lines if line.startswith("Not listening:"))
            assert f"127.0.0.1:{taken}: Address already in use" in said
            assert said.endswith(f"Give another port: {option}")
            about = ask(place(lines, "Sessions:"), "/api/about").json()
            assert about["receivers"] == {"otlp_http": None, "otlp_grpc": None, "helicone": None}


def test_a_store_that_can_only_be_read_is_shown() -> None:
    """Somebody else's, or one on a disk that takes no writing: with what is missing."""
    recorder = Recorder()
    recorder.llm()
    store(recorder.take())
    with viewing(*ANY_PORTS, program=UNWRITABLE + PROGRAM) as (_, lines):
        assert any(line.startswith("The store can only be read") for line in lines)
        viewer = place(lines, "Sessions:")
        about = ask(viewer, "/api/about").json()
        assert (about["only_read"], about["receivers"]["otlp_http"]) == (True, None)
        assert ask(viewer, "/api/sessions").json()["total"] == 1
        assert len(ask(viewer, "/api/sessions/s-1").json()["spans"]) == 1
    assert not store_path().with_name(f"{store_path().name}-inbox").exists()


def test_a_port_that_was_asked_for_is_not_replaced(command: Command) -> None:
    """A bookmark would lead nowhere."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        outcome = command("view", "--port", str(taken))
    assert outcome.code == 2
    assert outcome.err.startswith(f"Error: cannot listen on 127.0.0.1:{taken} (")
    assert outcome.err.endswith("is a viewer running there? Another port: --port PORT\n")


def test_other_machines_need_a_flag_and_a_token(command: Command) -> None:
    """Sessions hold what people said."""
    outcome = command("view", "--host", "0.0.0.0")
    assert (outcome.code, "add --allow-remote: it then asks for a token" in outcome.err) == (
        2,
        True,
    )
    with viewing("--host", "0.0.0.0", "--allow-remote", *ANY_PORTS) as (_, lines):
        url = place(lines, "Sessions:")
        base, _, token = url.partition("?token=")
        assert len(token) >= 32
        assert ask(base, "/api/about").status_code == 401
        bearer = {"Authorization": f"Bearer {token}"}
        about = httpx.get(f"{base}api/about", headers=bearer, trust_env=False)
        assert about.status_code == 200
        endpoint = place(lines, "any language").replace("0.0.0.0", "127.0.0.1")
        answers = [
            httpx.post(
                f"{endpoint}/v1/traces",
                content="{}",
                headers={"content-type": "application/json", **given},
                trust_env=False,
            ).status_code
            for given in ({}, bearer)
        ]
        assert answers == [401, 200]
        assert any("OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20" in line for line in lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--otlp-http-port", "x"), "'x' is no port; give 0 to 65535, or off"),
        (("--jaeger", "localhost"), "'localhost' is no address; give one that begins with http"),
        (("nowhere.jsonl",), "'nowhere.jsonl' does not exist"),
    ],
)
def test_what_it_cannot_use_is_refused(
    command: Command, arguments: tuple[str, ...], message: str
) -> None:
    """Before anything is opened."""
    outcome = command("view", "--no-open", *arguments)
    assert (outcome.code, message in outcome.err) == (2, True)


def test_its_help_teaches(command: Command) -> None:
    """The ports, the files, and who may look."""
    said = " ".join(command("view", "--help").out.split())
    for text in ("http://127.0.0.1:7177", "4318", "4317", "JSON lines", "--allow-remote", "Ctrl-C"):
        assert text in said


def test_import_says_what_it_could_not_read(command: Command, tmp_path: Path) -> None:
    """And stores the rest."""
    file = tmp_path / "spans.jsonl"
    file.write_text(request("good") + "\n{broken}\n" + request("better") + "\n")
    outcome = command("import", str(file))
    assert outcome.code == 1
    first, last = outcome.err.splitlines()
    assert first.startswith("Error: ")
    assert "spans.jsonl" in first
    assert last.startswith("2 spans from 1 file stored in ")
    listed = json.loads(command("ls", "--json").out)["sessions"]
    assert sorted(one["id"] for one in listed) == ["better", "good"]


@pytest.mark.usefixtures("trip")
def test_what_is_exported_can_be_imported(command: Command, tmp_path: Path) -> None:
    """Whole: the same session, in another store."""
    file, other = tmp_path / "s.jsonl", str(tmp_path / "other.db")
    assert command("export", "s-1", "--format", "otlp", "-o", str(file)).code == 0
    assert command("import", str(file), "--store", other).code == 0
    first, second = (
        json.loads(command("show", "s-1", "--json", *store).out)
        for store in ((), ("--store", other))
    )
    assert first == second


@pytest.mark.usefixtures("trip")
def test_a_page_is_a_file(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named for the session unless somebody names it."""
    monkeypatch.chdir(tmp_path)
    outcome = command("export", "s-", "--format", "html")
    assert (outcome.code, outcome.err.startswith("session-s-1.html: ")) == (0, True)
    assert (tmp_path / "session-s-1.html").read_text().startswith("<!doctype html>")
    assert command("export", "nope").code == 1


@pytest.mark.usefixtures("trip")
def test_the_newest_can_be_exported_without_its_id(command: Command) -> None:
    """As it can be shown."""
    assert json.loads(command("export", "--last").out) == json.loads(command("export", "s-1").out)
    for arguments in ((), ("s-1", "--last")):
        done = command("export", *arguments)
        assert (done.code, "give either the ID of a session" in done.err) == (2, True)


@pytest.mark.usefixtures("trip")
def test_an_export_is_private_and_replaces_nothing_unasked(
    command: Command, tmp_path: Path
) -> None:
    """It holds what was said; and a file that is there is somebody's."""
    file = tmp_path / "s.json"
    assert command("export", "s-1", "-o", str(file)).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    again = command("export", "s-1", "-o", str(file))
    assert (again.code, "is there already" in again.err) == (2, True)
    assert command("export", "s-1", "-o", str(file), "--force").code == 0


def test_a_missing_extra_is_one_sentence(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    for name in [one for one in sys.modules if one.startswith("otel_helisession.viewer")]:
        monkeypatch.delitem(sys.modules, name)
    outcome = command("view", "--no-open")
    assert (outcome.code, outcome.err) == (
        2,
        "Error: 'helisession view' needs uvicorn, which is not installed; install it with: "
        f"{installing('viewer')}\n",
    )
