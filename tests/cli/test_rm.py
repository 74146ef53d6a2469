"""`helisession rm`: by id, by age, all; never more than was meant."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from otel_helisession.cli import rm
from otel_helisession.intake.inbox import directory_of
from otel_helisession.intake.intake import Intake
from otel_helisession.otlp.encoding import request_of
from otel_helisession.store.location import store_path
from tests.cli.conftest import Command
from tests.recorded import EPOCH, Recorder, store


@pytest.fixture
def three() -> None:
    recorder = Recorder()
    for number in range(3):
        recorder.llm(session=f"s-{number}", times=(number, number + 1))
    store(recorder.take())


def left(command: Command) -> list[str]:
    return [one["id"] for one in json.loads(command("ls", "--json").out)["sessions"]]


def test_ids_are_deleted(command: Command, three: None) -> None:
    """Several at once, by their start, each once."""
    done = command("rm", "s-0", "s-2", "s-0")
    assert (done.code, done.out) == (0, "2 sessions deleted\n")
    assert left(command) == ["s-1"]


def test_an_unknown_id_deletes_nothing(command: Command, three: None) -> None:
    """Not even the known ones beside it."""
    assert command("rm", "s-0", "nope").code == 1
    assert len(left(command)) == 3


def test_age_is_counted_from_the_end(
    command: Command, three: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour after the session of 2 ms ended, only the first two are older."""
    monkeypatch.setattr(rm.time, "time", lambda: EPOCH / 1e9 + 3_600 + 0.0025)
    assert command("rm", "--older-than", "1h").out == "2 sessions deleted\n"
    assert left(command) == ["s-2"]


@pytest.mark.parametrize("age", ["7", "d", "-1d", "7 years", "", "1e3d"])
def test_an_age_without_a_unit_is_refused(command: Command, three: None, age: str) -> None:
    """Saying what is accepted."""
    done = command("rm", "--older-than", age)
    assert done.code == 2
    assert "give a number and m, h, d or w, as in 7d or 12h" in done.err
    assert len(left(command)) == 3


@pytest.mark.parametrize(
    "arguments", [(), ("s-0", "--all"), ("--all", "--older-than", "1d"), ("--nope",)]
)
def test_what_to_delete_must_be_said_once(
    command: Command, three: None, arguments: tuple[str, ...]
) -> None:
    """Wrong usage exits with 2 and deletes nothing."""
    assert command("rm", *arguments).code == 2
    assert len(left(command)) == 3


@pytest.mark.parametrize(("typed", "count"), [("y\n", 0), ("n\n", 3), ("\n", 3), ("", 3)])
def test_a_terminal_is_asked_first(
    command: Command, three: None, monkeypatch: pytest.MonkeyPatch, typed: str, count: int
) -> None:
    """Anything but yes deletes nothing."""
    monkeypatch.setattr(rm, "_at_a_terminal", lambda: True)
    asked = command("rm", "--all", typed=typed)
    assert "Delete all 3 sessions from " in asked.out
    assert len(left(command)) == count


def test_no_is_answered(command: Command, three: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, for what was asked has not been done."""
    monkeypatch.setattr(rm, "_at_a_terminal", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    done = command("rm", "--all")
    assert (done.code, done.out.splitlines()[-1].split("]: ")[-1]) == (1, "nothing deleted")


def test_yes_and_pipes_are_not_asked(command: Command, three: None) -> None:
    """Scripts go on; but all is not deleted by accident."""
    assert not sys.stdin.isatty()
    assert command("rm", "s-1").out == "1 session deleted\n"
    refused = command("rm", "--all")
    assert (refused.code, len(left(command))) == (2, 2)
    assert "there is no terminal to ask on; to delete all sessions add --yes" in refused.err
    assert command("rm", "--all", "--yes").out == "2 sessions deleted\n"


def test_a_store_that_does_not_exist_is_not_made(command: Command, tmp_path: Path) -> None:
    """There is nothing to delete; who named a session meant another store."""
    path = tmp_path / "none.db"
    for what, code in (("--all", 0), ("s-1", 1)):
        done = command("rm", what, "--yes", "--store", str(path))
        assert (done.code, done.out) == (code, "")
        assert done.err == f"There is no store at {path}; nothing deleted\n"
    assert not path.exists()


def test_all_takes_what_waits_to_be_stored(command: Command, trip: None) -> None:
    """A viewer may have ended before it had read everything that came."""
    recorder = Recorder()
    recorder.llm(session="waiting")
    waiting = Intake()
    waiting.accept(request_of(recorder.take()))
    waiting.close(0)
    inbox = directory_of(store_path())
    assert list(inbox.iterdir()) != []
    assert command("rm", "--all", "--yes").code == 0
    assert [one for one in inbox.iterdir() if one.stat().st_size] == []
