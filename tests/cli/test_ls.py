"""`helisession ls`: a table for people, JSON for programs."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.recorded import EPOCH, Recorder, store


def test_json_has_every_total(command: Command, trip: None) -> None:
    """Times in UTC, unknown as null."""
    done = command("ls", "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {
        "sessions": [
            {
                "id": "s-1",
                "name": "Trip",
                "started": "2026-01-01T00:00:00.000000Z",
                "last_activity": "2026-01-01T00:00:01.500000Z",
                "duration_ms": 1500.0,
                "user_id": None,
                "properties": {},
                "spans": 5,
                "requests": {"llm": 1, "tool": 2, "vector_db": 0, "data": 0},
                "errors": 1,
                "tokens": {
                    "input": 1200,
                    "output": 80,
                    "total": 1280,
                    "cache_read": None,
                    "cache_write": None,
                    "reasoning": None,
                },
                "cost_usd": None,
                "requests_without_cost": 1,
                "latency_ms": {"mean": 1400 / 3, "p95": 900.0},
                "models": ["gpt-5-mini"],
            }
        ]
    }


def test_the_table_is_plain_in_a_pipe(command: Command) -> None:
    """No colours, no blanks at the ends, and columns only where they say something."""
    recorder = Recorder(epoch=time.time_ns() - 150_000_000_000)
    recorder.llm(times=(0, 1_500))
    store(recorder.take())
    assert command("ls").out.splitlines() == [
        "id   name  started      time  requests  tokens",
        "s-1  Trip  2 min ago  1.50 s  1 llm         15",
    ]


def test_the_newest_twenty_are_listed_and_json_has_all(command: Command) -> None:
    """--limit changes either."""
    recorder = Recorder()
    for number in range(25):
        recorder.llm(session=f"s-{number:02}", times=(number, number + 1))
    store(recorder.take())
    lines = command("ls").out.splitlines()
    assert (len(lines), lines[1][:4]) == (21, "s-24")
    assert len(json.loads(command("ls", "--json").out)["sessions"]) == 25
    limited = json.loads(command("ls", "--json", "--limit", "2").out)["sessions"]
    assert [one["id"] for one in limited] == ["s-24", "s-23"]


def test_names_select(command: Command, trip: None) -> None:
    """Exactly, and one that is not there says so."""
    assert len(command("ls", "--name", "Trip").out.splitlines()) == 2
    none = command("ls", "--name", "Tri")
    assert (none.code, none.out) == (0, "")
    assert none.err.startswith("No sessions of the name 'Tri' in ")


def test_a_store_that_is_not_there_is_not_made(command: Command, tmp_path: Path) -> None:
    """Nothing on standard output, so that a pipe stays empty."""
    path = tmp_path / "none" / "s.db"
    done = command("ls", "--store", str(path))
    assert (done.code, done.out) == (0, "")
    assert done.err == f"There is no store at {path}\nFor sessions to look at: helisession demo\n"
    assert json.loads(command("ls", "--json", "--store", str(path)).out) == {"sessions": []}
    assert not path.parent.exists()


@pytest.mark.parametrize("columns", [30, 50, 80, 200])
def test_it_fits_the_width_with_whole_ids(
    command: Command, trip: None, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """Ids are there to be copied."""
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = command("ls").out.splitlines()
    assert all(len(line) <= columns for line in lines)
    assert lines[1].startswith("s-1 ")


def test_a_uuid_is_shown_by_its_first_group_where_that_is_enough(command: Command) -> None:
    """And by more where two begin alike."""
    alike = "3f2a9c1e-7d3b-4a53-8f64-0d1f5a6c7e11"
    recorder = Recorder()
    for session in (alike, alike[:-1] + "2", "9" + alike[1:]):
        recorder.llm(session=session)
    store(recorder.take())
    shown = {line.split()[0] for line in command("ls").out.splitlines()[1:]}
    assert shown == {alike, alike[:-1] + "2", "9f2a9c1e"}


def test_an_empty_store_says_what_to_do(command: Command, trip: None) -> None:
    """It is there, and has nothing in it."""
    command("rm", "--all", "--yes")
    done = command("ls")
    assert (done.code, done.out) == (0, "")
    hint = "For sessions to look at: helisession demo"
    assert re.fullmatch(rf"No sessions in \S+\n{hint}\n", done.err)


def test_a_damaged_store_exits_with_2(command: Command, tmp_path: Path) -> None:
    """One sentence on standard error."""
    path = tmp_path / "s.db"
    path.write_text("hello")
    done = command("ls", "--store", str(path))
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(f"Error: {path} is damaged, or is no session store")


@pytest.mark.usefixtures("trip")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ["s-2", "s-1"]),
        (("--sort", "errors"), ["s-1", "s-2"]),
        (("--sort", "tokens", "--reverse"), ["s-2", "s-1"]),
        (("--errors",), ["s-1"]),
        (("--kind", "tool"), ["s-1"]),
        (("--model", "claude-sonnet-5"), ["s-2"]),
        (("--user", "ann"), ["s-2"]),
        (("--unnamed",), []),
        (("--search", "quiet hotel"), ["s-2"]),
        (("--search", "trip"), ["s-2", "s-1"]),
    ],
)
def test_it_sorts_filters_and_searches(
    command: Command, options: tuple[str, ...], expected: list[str]
) -> None:
    """As the viewer does, messages included."""
    recorder = Recorder(EPOCH + 60_000_000_000)
    said = [{"role": "user", "parts": [{"type": "text", "content": "a quiet hotel"}]}]
    recorder.llm(
        "claude-sonnet-5",
        session="s-2",
        user__id="ann",
        gen_ai__input__messages=json.dumps(said),
    )
    store(recorder.take())
    found = json.loads(command("ls", "--json", *options).out)["sessions"]
    assert [one["id"] for one in found] == expected


@pytest.mark.usefixtures("trip")
@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            "120",
            ["    mean request 467 ms · p95 900 ms · 1,200 → 80 tokens · cost unknown · 5 spans"],
        ),
        ("50", ["    1 llm, 2 tool · mean request 467 ms", "    p95 900 ms · 1,200 → 80 tokens"]),
    ],
)
def test_a_long_list_says_more_at_every_width(
    command: Command, monkeypatch: pytest.MonkeyPatch, columns: str, said: list[str]
) -> None:
    """Below each session: what the table has no column for, or no room."""
    monkeypatch.setenv("COLUMNS", columns)
    short, long = command("ls").out.splitlines(), command("ls", "--long").out.splitlines()
    assert long[:2] == short
    assert all(len(line) <= int(columns) for line in long)
    assert [line[: len(part)] for line, part in zip(long[2:], said, strict=False)] == said
    assert "gpt-5-mini" in long[-1]


def test_a_session_without_a_name_is_known_by_its_first_span(command: Command) -> None:
    """As in the viewer it is unnamed; in the list and above the tree."""
    recorder = Recorder()
    turn = recorder.span("turn", session=None, helicone__session__id="s-9", times=(0, 9))
    recorder.llm(session=None, helicone__session__id="s-9", times=(1, 5), parent=turn)
    store(recorder.take())
    assert command("ls").out.splitlines()[1].startswith("s-9  unnamed (turn)  ")
    assert command("show", "--last").out.splitlines()[0] == "unnamed (turn)  s-9"


@pytest.mark.parametrize("option", ["--name", "--search", "--user", "--model"])
def test_bytes_that_are_no_text_are_found_nowhere(
    command: Command, trip: None, option: str
) -> None:
    """A terminal may send any; Python has them as halves of characters."""
    done = command("ls", option, "Nobody\udcff", "--json")
    assert (done.code, json.loads(done.out)) == (0, {"sessions": []})
