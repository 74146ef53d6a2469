"""`helisession resend`: what was kept goes where it was meant to go, or stays, or is deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from otel_helisession import environment
from otel_helisession.cli import main, resend
from otel_helisession.spool.spool import Spool
from tests.helicone.endpoint import KEY, FakeHelicone
from tests.recorded import Recorder
from tests.servers.echo import Request
from tests.servers.otlp import HttpSink
from tests.spool.spans import named, names_of, take


class Outcome:
    """What the command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Outcome]
Run = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, directory: Path
) -> Command:
    """``command("--dry-run")`` runs ``helisession resend --dry-run`` on the test's spool."""
    monkeypatch.setenv("HELISESSION_SPOOL", str(directory))

    def run(*arguments: str) -> Outcome:
        code = main(["resend", *arguments])
        return Outcome(code, *capsys.readouterr())

    return run


@pytest.fixture
def helicone(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHelicone]:
    with FakeHelicone("worker") as fake:
        monkeypatch.setenv("HELICONE_API_KEY", KEY)
        monkeypatch.setenv("HELISESSION_HELICONE_ENDPOINT", fake.url)
        yield fake


@pytest.fixture
def collector(otlp_http: HttpSink, monkeypatch: pytest.MonkeyPatch) -> HttpSink:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", otlp_http.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    return otlp_http


def keep(directory: Path, destination: str, parcels: int = 1) -> None:
    """Keep so many parcels of an LLM call and a tool each, as a program did that is gone."""
    spool = Spool(directory)
    for number in range(parcels):
        recorder = Recorder()
        recorder.llm(session=f"s-{number}")
        recorder.tool("hotel", session=f"s-{number}")
        assert spool.keep(destination, recorder.take())
    spool.close()


def left(directory: Path, destination: str) -> int:
    return sum(len(parcel.spans) for parcel in Spool(directory).parcels(destination))


def test_spans_go_to_helicone(command: Command, directory: Path, helicone: FakeHelicone) -> None:
    """Found by the environment, as configure() does; then nothing is left."""
    keep(directory, "helicone", 3)
    done = command()
    assert (done.code, done.err) == (0, "")
    assert done.out == "helicone: 6 spans sent to Helicone\n"
    assert sorted(helicone.ids().values()) == [1] * 6
    assert list(directory.iterdir()) == []
    assert command().out == f"Nothing is kept in {directory}\n"


def test_spans_go_where_they_were_meant_to_go_and_nowhere_else(
    command: Command, directory: Path, helicone: FakeHelicone, tmp_path: Path
) -> None:
    """What was kept for one Helicone, or one file, is not for the one of the environment."""
    with FakeHelicone("jawn") as other:
        keep(directory, f"HeliconeSpanExporter {other.url}")
        keep(directory, f"LocalSpanExporter {tmp_path / 'other.db'}")
        done = command()
    assert (done.code, len(other.arrivals), len(helicone.arrivals)) == (0, 2, 0)
    assert done.out == (
        f"HeliconeSpanExporter {other.url}: 2 spans sent to Helicone at {other.url}\n"
        f"LocalSpanExporter {tmp_path / 'other.db'}: 2 spans sent to the embedded store at "
        f"{tmp_path / 'other.db'} (see: helisession ls)\n"
    )


def test_what_a_dead_program_kept_is_resent(
    command: Command, directory: Path, helicone: FakeHelicone, run_python: Run
) -> None:
    """Under the name that its delivery gives to the exporter of the same environment."""
    url = helicone.url
    helicone.__exit__(None, None, None)
    done = run_python(
        """
from otel_helisession import configure, record, session
handle = configure(exporters=["helicone"])
with session("Trip"), record.llm("gpt-5-mini", provider="openai"):
    pass
print(handle.shutdown(2_000))
""",
        HELISESSION_SPOOL=str(directory),
    )
    assert done.stdout == "False\n"
    assert command("--dry-run").out.startswith(f"HeliconeSpanExporter {url}: 1 span in ")
    with FakeHelicone("worker") as again:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HELISESSION_HELICONE_ENDPOINT", again.url)
            assert command("--to", "helicone").code == 0
        assert len(again.arrivals) == 1


@pytest.mark.parametrize("name", ["OTLPSpanExporter 2", "OTLPSpanExporter http://a/", "none"])
def test_a_name_that_could_mean_another_place_is_not_guessed(
    command: Command, directory: Path, name: str
) -> None:
    """The second of two exporters, or one with an address of its own."""
    keep(directory, name)
    assert "which cannot be made here" in command().out
    assert left(directory, name) == 2


def test_spans_go_to_a_collector_and_to_the_store(
    command: Command,
    directory: Path,
    collector: HttpSink,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each destination's own."""
    keep(directory, "OTLPSpanExporter")
    keep(directory, "LocalSpanExporter", 2)
    done = command("--json")
    assert [
        (row["destination"], row["sent"], row["left"]) for row in done.document["destinations"]
    ] == [
        ("LocalSpanExporter", 4, 0),
        ("OTLPSpanExporter", 2, 0),
    ]
    assert len(collector.spans()) == 2
    main(["ls", "--json"])
    assert len(json.loads(capsys.readouterr().out)["sessions"]) == 2


def test_what_is_not_taken_stays(command: Command, directory: Path, collector: HttpSink) -> None:
    """After three parcels in a row it gives up, and says that it can be tried again."""
    collector.status = 400
    keep(directory, "otlp", 5)
    done = command()
    assert done.code == 1
    assert "otlp: 0 of 10 spans sent; 10 stay in the spool: it does not take them now" in done.out
    assert len(collector.refused) == 3
    collector.status = 200
    assert command().out.startswith("otlp: 10 spans sent to OTLP over http/protobuf at ")


def test_what_is_rejected_without_a_name_is_said(
    command: Command, directory: Path, collector: HttpSink
) -> None:
    """OTLP's partial success: they are gone, and the command ends with 1."""
    keep(directory, "otlp")
    collector.partial = (1, "too old")
    done = command()
    assert done.code == 1
    assert "it rejected 1 span, and did not say which" in done.out + done.err
    assert command().out.startswith("Nothing is kept in ")


def test_a_parcel_at_fault_does_not_hold_up_the_others(
    command: Command, directory: Path, collector: HttpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those behind it go."""
    keep(directory, "otlp", 3)
    answer, statuses = collector.http.answer, iter([400])

    def first_refused(request: Request) -> Any:
        collector.status = next(statuses, 200)
        return answer(request)

    monkeypatch.setattr(collector.http, "answer", first_refused)
    done = command()
    assert (done.code, left(directory, "otlp")) == (1, 2)
    assert "4 of 6 spans sent" in done.out


def test_a_dry_run_only_says(command: Command, directory: Path) -> None:
    """What is there, by destination, and takes nothing away."""
    keep(directory, "helicone", 2)
    Spool(directory).bury("otlp", named("a"), "too large")
    done = command("--dry-run")
    assert done.code == 0
    first, second, third = done.out.splitlines()
    assert first.startswith("helicone: 4 spans in 1 kB, oldest ")
    assert second.startswith("otlp: 1 dead letter, newest 20")
    assert second.endswith(": too large")
    assert third.endswith("dead_letters.jsonl; to try them: --dead-letters")
    document = command("--dry-run", "--json").document
    assert [one["spans"] for one in document["destinations"]] == [4]
    assert [one["reasons"] for one in document["dead_letters"]] == [["too large"]]
    assert left(directory, "helicone") == 4


def test_dead_letters_are_tried_again_when_asked(
    command: Command, directory: Path, helicone: FakeHelicone
) -> None:
    """Without it they are left alone."""
    recorder = Recorder()
    recorder.llm()
    Spool(directory).bury("helicone", recorder.take(), "the key was wrong")
    assert command().out == f"Nothing is kept in {directory}\n"
    assert command("--dead-letters").out == "helicone: 1 span sent to Helicone\n"
    assert list(Spool(directory).dead_letters.letters()) == []


def test_a_program_s_own_exporter_cannot_be_made(command: Command, directory: Path) -> None:
    """What can be done is said; the others are sent all the same."""
    keep(directory, "FileSpanExporter")
    keep(directory, "local")
    done = command()
    assert done.code == 1
    assert (
        "FileSpanExporter: 0 of 2 spans sent; 2 stay in the spool: 'FileSpanExporter' is an "
        "exporter of a program's own, which cannot be made here; start that program again, which "
        "sends them itself, or send them elsewhere (--to), or delete them (--drop)\n"
    ) in done.out
    assert "local: 2 spans sent to the embedded store at" in done.out


def test_spans_can_be_sent_elsewhere(command: Command, directory: Path) -> None:
    """To one of the exporters that can be named."""
    keep(directory, "FileSpanExporter")
    keep(directory, "other")
    assert command("--destination", "FileSpanExporter", "--to", "local").code == 0
    assert (left(directory, "FileSpanExporter"), left(directory, "other")) == (0, 2)


def test_a_missing_key_is_said(command: Command, directory: Path) -> None:
    """As configure() says it, and the spans stay."""
    keep(directory, "helicone")
    done = command()
    assert done.code == 1
    assert "helicone: 0 of 2 spans sent; 2 stay in the spool: " in done.out
    assert "HELICONE_API_KEY" in done.out


def test_what_a_running_program_holds_is_left_to_it(
    command: Command, directory: Path, helicone: FakeHelicone
) -> None:
    """That is no failure."""
    running = Spool(directory)
    running.keep("helicone", named("a"))
    done = command()
    assert done.code == 0
    assert done.out == (
        "helicone: 0 of 1 span sent; 1 are held by a running program, which sends them itself\n"
    )
    assert [names_of(spans) for spans in take(running)] == [["a"]]


def test_dropping_asks_first(
    command: Command, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal; elsewhere it needs --yes."""
    keep(directory, "helicone")
    assert command("--drop").code == 2
    monkeypatch.setattr(resend, "at_a_terminal", lambda: True)
    monkeypatch.setattr("click.confirm", lambda question: "Delete 2 spans" not in question)
    assert (command("--drop").code, left(directory, "helicone")) == (1, 2)
    done = command("--drop", "--yes")
    assert (done.code, done.out) == (0, "helicone: 2 spans deleted\n")
    assert left(directory, "helicone") == 0


def test_dead_letters_are_dropped_alone(command: Command, directory: Path) -> None:
    """What waits is not meant then."""
    keep(directory, "helicone")
    Spool(directory).bury("helicone", named("a", "b"), "too large")
    done = command("--drop", "--dead-letters", "--yes")
    assert (done.code, done.out) == (0, "helicone: 2 dead letters deleted\n")
    assert left(directory, "helicone") == 2
    assert list(Spool(directory).dead_letters.letters()) == []


def test_a_newer_file_is_an_error(command: Command, directory: Path) -> None:
    """It stays behind, so the exit code is 1."""
    keep(directory, "local")
    (path,) = directory.iterdir()
    data = path.read_bytes()
    path.write_bytes(data[:8] + b"\x00\x09" + data[10:])
    done = command()
    assert done.code == 1
    assert "Error: " in done.err
    assert "was written by a newer otel-helisession" in done.err
    assert path.exists()


@pytest.mark.parametrize("variable", ["HELISESSION_DISABLED", "OTEL_SDK_DISABLED"])
def test_exporters_that_are_switched_off_get_nothing(
    command: Command, directory: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """They would say that all went well, and the spans would be gone."""
    keep(directory, "local")
    monkeypatch.setenv(variable, "true")
    environment.disabled.cache_clear()
    done = command()
    assert (done.code, done.out) == (2, "")
    assert "switched off by HELISESSION_DISABLED or OTEL_SDK_DISABLED" in done.err
    assert left(directory, "local") == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--drop", "--dry-run"), 2, "--drop sends nothing"),
        (("--drop", "--to", "local"), 2, "--drop sends nothing"),
        (("--to", "none"), 2, "'none' is not one of"),
        (("--destination", "heliconne"), 1, "nothing is kept for 'heliconne'; "),
        (("--spool", __file__), 2, "is a file"),
    ],
)
def test_wrong_usage_is_explained(
    command: Command, directory: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    """And changes nothing."""
    keep(directory, "helicone")
    done = command(*arguments)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert left(directory, "helicone") == 2


def test_no_spool_is_nothing_to_do(command: Command, directory: Path) -> None:
    """And none is made by asking."""
    for arguments in ((), ("--dry-run",), ("--drop", "--yes"), ("--dead-letters",)):
        assert (command(*arguments).code, directory.exists()) == (0, False)


def test_the_help_teaches(command: Command) -> None:
    """By examples."""
    text = command("--help").out
    assert "helisession resend --dead-letters" in text
    assert "HELICONE_API_KEY" in text


def test_a_progress_bar_is_for_terminals() -> None:
    """Elsewhere nothing is drawn, and it counts all the same."""
    with resend.progress_bar(10, False) as progress:
        progress(4)
