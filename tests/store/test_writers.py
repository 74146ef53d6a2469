"""Several writers, retention, and deleting."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from otel_helisession.conventions.reader import read
from otel_helisession.store.entry import Entry, entry
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.retention import Retention
from otel_helisession.store.writer import SessionWriter
from tests.recorded import EPOCH, Recorder

WRITE = """
import sys
from tests.recorded import Recorder, store
recorder = Recorder()
for batch in range(20):
    for number in range(10):
        recorder.llm(session=f"s-{sys.argv[1]}", times=(batch, batch + 1))
    store(recorder.take())
"""


def entries(recorder: Recorder) -> list[Entry]:
    return [entry(span, read(span)) for span in recorder.take()]


def ids(path: Path) -> list[str]:
    with SessionReader(path) as reader:
        return [one.id for one in reader.sessions()]


def test_four_processes_write_at_once_and_nothing_is_lost() -> None:
    """They make the file together, too."""
    started = [subprocess.Popen([sys.executable, "-c", WRITE, str(number)]) for number in range(4)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0, 0]
    with SessionReader() as reader:
        sessions = reader.sessions()
    assert sorted((one.id, one.spans, one.usage.input_tokens) for one in sessions) == [
        (f"s-{number}", 200, 2_000) for number in range(4)
    ]


class Clock:
    """Seconds since 1970, *later* than they are."""

    def __init__(self) -> None:
        self.later = 0.0

    def __call__(self) -> float:
        return time.time() + self.later


def test_what_was_stored_long_ago_is_deleted_by_whole_sessions(tmp_path: Path) -> None:
    """Sessions go a week after their last span was stored, and other spans with them."""
    path = tmp_path / "s.db"
    recorder = Recorder()
    for session in ("old", None, "new"):
        recorder.llm(session=session)
    old, alone, new = entries(recorder)
    with closing(SessionWriter(path, Retention(max_age_days=7))) as writer:
        writer.write([old, alone])
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("sessions", "spans"):
            connection.execute(f"UPDATE {table} SET stored_unix_nano = 8 * 86400")
    with closing(SessionWriter(path, Retention(max_age_days=7))) as writer:
        writer.write([new])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT session_id FROM spans").fetchall() == [("new",)]
        assert connection.execute("SELECT count(*) FROM details").fetchall() == [(1,)]
    assert ids(path) == ["new"]


def test_an_old_recording_that_is_stored_today_is_kept(tmp_path: Path) -> None:
    """Its age counts from when it was stored."""
    recorder = Recorder(epoch=EPOCH - 10**18)  # decades ago
    recorder.llm()
    recorder.llm(times=(5, 6))
    with closing(SessionWriter(tmp_path / "s.db", Retention(max_age_days=0.5))) as writer:
        writer.write(entries(recorder))
    with SessionReader(tmp_path / "s.db") as reader:
        assert reader.sessions()[0].spans == 2


def test_a_store_that_is_too_large_loses_its_oldest_sessions(tmp_path: Path) -> None:
    """Whole ones, until a tenth of the room is free; the file shrinks with them."""
    path = tmp_path / "s.db"
    clock = Clock()
    writer = SessionWriter(path, Retention(max_bytes=400_000, clock=clock))
    recorder = Recorder()
    for number in range(40):
        noise = Random(number).randbytes(12_000).hex()
        recorder.llm(session=f"s-{number:02}", times=(number, number + 1), noise=noise)
        recorder.tool("t", session=f"s-{number:02}", times=(number, number + 1))
        writer.write(entries(recorder))
        clock.later += 61
    writer.close()
    kept = ids(path)
    assert 0 < len(kept) < 40
    assert kept == [f"s-{number:02}" for number in range(39, 39 - len(kept), -1)]
    assert path.stat().st_size < 450_000


def test_one_session_that_is_too_large_loses_its_older_half(tmp_path: Path) -> None:
    """It may be running still, so it is not deleted whole."""
    path = tmp_path / "s.db"
    writer = SessionWriter(path, Retention(max_bytes=150_000))
    recorder = Recorder()
    for number in range(64):
        noise = Random(number).randbytes(3_000).hex()
        recorder.llm(times=(number, number + 1), noise=noise)
    writer.write(entries(recorder))
    writer.close()
    with SessionReader(path) as reader:
        starts = [(row.start_unix_nano - EPOCH) // 1_000_000 for row in reader.spans("s-1")]
    assert 0 < len(starts) < 64
    assert starts == list(range(64 - len(starts), 64))


@pytest.mark.parametrize(
    ("remove", "count", "left"),
    [
        (lambda writer: writer.remove(["s-0", "none"]), 1, ["s-2", "s-1"]),
        (lambda writer: writer.remove_before(EPOCH + 2_500_000_000), 2, ["s-2"]),
        (lambda writer: writer.remove_all(), 3, []),
    ],
)
def test_what_is_removed_is_gone_from_the_file(
    tmp_path: Path, remove: Callable[[SessionWriter], int], count: int, left: list[str]
) -> None:
    """Text too: its pages are overwritten, and the -wal file is emptied."""
    path = tmp_path / "s.db"
    writer = SessionWriter(path)
    recorder = Recorder()
    for number in range(3):
        recorder.span(f"secret-{number}", session=f"s-{number}", times=(number, 1e3 * (number + 1)))
    writer.write(entries(recorder))
    assert remove(writer) == count
    writer.close()
    assert ids(path) == left
    assert b"secret-0" not in path.read_bytes()
