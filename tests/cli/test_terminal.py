"""What reaches the terminal: no escape sequences from data, ASCII where need be, whole pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from otel_helisession.cli import terminal
from tests.cli.conftest import Command
from tests.recorded import Recorder, store

ROOT = str(Path(__file__).parents[2])
HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\u2028[bold red]x[/]\r\n\ttail"
COMMAND = [
    sys.executable,
    "-c",
    "import sys; from otel_helisession.cli import main; sys.exit(main())",
]


def hostile_session() -> None:
    recorder = Recorder()
    said = {
        "session": f"s{HOSTILE}",
        "path": f"/a{HOSTILE}/b",
        "helicone.session.name": HOSTILE,
        "user.id": HOSTILE,
        "helicone.property.x": HOSTILE,
    }
    recorder.llm(model=HOSTILE, error=(HOSTILE, HOSTILE), **said)
    recorder.tool(HOSTILE, **said)
    store(recorder.take())


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env={**os.environ, "PYTHONPATH": ROOT, **variables},
        capture_output=True,
        timeout=60,
    )


@pytest.mark.parametrize("arguments", [("ls",), ("show", "--last"), ("show", "tail")])
def test_no_control_character_of_a_span_is_printed(
    command: Command, arguments: tuple[str, ...]
) -> None:
    """Names, ids, paths, models, errors and users are data; so is rich's markup."""
    hostile_session()
    done = command(*arguments)
    printed = done.out + done.err
    assert "[bold red]x[/]" in printed
    assert not set(printed) & set("\x1b\x07\x9b\u202e\u2028\r\t\x00")


def test_json_is_ascii_and_keeps_everything(command: Command) -> None:
    """Programs get what was recorded, escaped."""
    hostile_session()
    out = command("show", "--last", "--json").out
    assert (out.isascii(), "\x1b" in out) == (True, False)
    assert json.loads(out)["session"]["name"] == HOSTILE


def test_text_is_made_harmless_on_one_line() -> None:
    """What is harmless stays, in any script."""
    assert terminal.printable("naïve 日本 🌊") == "naïve 日本 🌊"
    assert terminal.printable("a\r\n\tb\x1b[31m\u200bc\ud800") == "a b[31mc"
    assert terminal.printable(None) == ""


def test_text_is_cut_by_what_it_covers() -> None:
    """Wide characters take two columns."""
    assert terminal.cut("日本語テキスト", 7) == "日本語…"
    assert terminal.cut("abcdef", 5, ascii_only=True) == "ab..."
    assert terminal.cut("abc", 3) == "abc"


def test_an_ascii_terminal_gets_ascii(trip: None) -> None:
    """Boxes, arrows and marks have a plain form."""
    done = run("show", "--last", PYTHONIOENCODING="ascii", COLUMNS="80")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"|  `- + LLM   gpt-5-mini  openai" in done.stdout
    assert b"1,200 -> 80" in done.stdout


def test_letters_that_the_encoding_lacks_are_replaced() -> None:
    """A name that cannot be shown is no reason to fail."""
    recorder = Recorder()
    recorder.llm(**{"helicone.session.name": "naïve"})
    store(recorder.take())
    done = run("ls", PYTHONIOENCODING="ascii")
    assert (done.returncode, b"na?ve" in done.stdout) == (0, True)


def test_a_terminal_gets_colours_and_no_color_is_kept(trip: None) -> None:
    """https://no-color.org"""
    assert b"\x1b[1;33mTOOL" in run("show", "--last", FORCE_COLOR="1").stdout
    assert b"\x1b[1;33m" not in run("show", "--last", FORCE_COLOR="1", NO_COLOR="1").stdout
    assert b"\x1b" not in run("show", "--last").stdout


def test_a_reader_that_stops_early_is_no_error() -> None:
    """As under `helisession show --last | head -1`."""
    recorder = Recorder()
    for number in range(3_000):
        recorder.llm(times=(number, number + 1))
    store(recorder.take())
    writing = subprocess.Popen(
        [*COMMAND, "show", "--last", "--json"],
        env={**os.environ, "PYTHONPATH": ROOT, "PYTHONUNBUFFERED": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert writing.stdout is not None
    assert writing.stderr is not None
    assert writing.stdout.readline() == b"{\n"
    writing.stdout.close()
    assert (writing.stderr.read(), writing.wait(timeout=60)) == (b"", 141)
    writing.stderr.close()
