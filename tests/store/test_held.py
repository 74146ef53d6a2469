"""A store that is open in this process keeps its locks, whatever else looks at it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from otel_helisession.conventions.reader import read
from otel_helisession.store.entry import Entry, entry
from otel_helisession.store.error import StoreError
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.writer import SessionWriter
from tests.recorded import Recorder

COUNT = """
import sys
from pathlib import Path
from otel_helisession.store.reader import SessionReader
with SessionReader(Path(sys.argv[1])) as reader:
    print(sum(one.spans for one in reader.sessions()))
"""


def entries(recorder: Recorder) -> list[Entry]:
    return [entry(span, read(span)) for span in recorder.take()]


def seen_by_another_process(path: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(path)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_what_is_written_after_another_process_has_looked_is_there(tmp_path: Path) -> None:
    """Even if this process opened the store twice: nobody takes its -wal file away."""
    path, recorder = tmp_path / "s.db", Recorder()
    with closing(SessionWriter(path)) as writer:
        for number in range(3):
            recorder.llm(times=(number, number + 1))
            writer.write(entries(recorder))
            with SessionReader(path) as reader:
                assert reader.sessions()[0].spans == number + 1
            assert seen_by_another_process(path) == number + 1


def test_a_text_file_is_not_taken_for_an_empty_store(tmp_path: Path) -> None:
    """Nor is one that has taken the place of a store that was closed."""
    path, recorder = tmp_path / "s.db", Recorder()
    recorder.llm()
    with closing(SessionWriter(path)) as writer:
        writer.write(entries(recorder))
    path.write_text("notes")
    with pytest.raises(StoreError, match="is damaged, or is no session store"):
        SessionReader(path)
    assert path.read_text() == "notes"


def test_a_link_to_nothing_becomes_a_private_file(tmp_path: Path) -> None:
    """Where it leads to."""
    link, target = tmp_path / "link.db", tmp_path / "target.db"
    link.symlink_to(target)
    with closing(SessionWriter(link)) as writer:
        recorder = Recorder()
        recorder.llm()
        writer.write(entries(recorder))
    assert target.stat().st_mode & 0o777 == 0o600
