"""The store's file: where it is, who may read it, which version it has, what is refused."""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from otel_helisession.store import schema
from otel_helisession.store.connection import is_only_read
from otel_helisession.store.error import StoreError
from otel_helisession.store.location import store_path
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.writer import SessionWriter
from tests.recorded import Recorder, exporting, store

NOBODY = 65_534
"""A user who owns nothing."""


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def make(path: Path) -> None:
    with closing(SessionWriter(path)) as writer:
        writer.remove_all()


def refusal(path: Path) -> str:
    with pytest.raises(StoreError) as raised:
        SessionReader(path)
    return str(raised.value)


def test_the_argument_beats_the_variable_beats_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty or relative XDG_DATA_HOME counts as none."""
    monkeypatch.setenv("HELISESSION_STORE", str(tmp_path / "named.db"))
    assert store_path(tmp_path / "given.db") == tmp_path / "given.db"
    assert store_path() == tmp_path / "named.db"
    monkeypatch.delenv("HELISESSION_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert store_path() == tmp_path / "helisession" / "sessions.db"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store_path() == tmp_path / ".local/share/helisession/sessions.db"


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    """File, -wal and -shm are 0600, a directory that we make is 0700, whatever the umask."""
    path = tmp_path / "new" / "sessions.db"
    recorder = Recorder()
    recorder.llm()
    with exporting(path) as exporter:
        exporter.export(recorder.take())
        modes = {
            found.name: stat.S_IMODE(found.stat().st_mode)
            for found in (path.parent, *path.parent.iterdir())
        }
    assert modes == {
        "new": 0o700,
        "sessions.db": 0o600,
        "sessions.db-wal": 0o600,
        "sessions.db-shm": 0o600,
    }


def test_a_newer_store_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """An older program must not write what it does not understand."""
    path = tmp_path / "s.db"
    make(path)
    run(path, f"PRAGMA user_version = {schema.VERSION + 1}")
    assert refusal(path) == (
        f"{path} was written by a newer otel-helisession (store version {schema.VERSION + 1}, "
        f"this one reads up to {schema.VERSION}); upgrade otel-helisession, or name another file "
        "with --store or HELISESSION_STORE"
    )


def test_an_older_store_is_migrated_with_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Migrations run in order, once, when the file is opened."""
    recorder = Recorder()
    recorder.llm()
    store(recorder.take())
    later = (*schema.MIGRATIONS, ("ALTER TABLE sessions ADD COLUMN note TEXT DEFAULT 'new'",))
    monkeypatch.setattr(schema, "MIGRATIONS", later)
    monkeypatch.setattr(schema, "VERSION", len(later))
    for _ in range(2):
        with SessionReader() as reader:
            assert reader.sessions()[0].usage.input_tokens == 10
            path = reader.path
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT note FROM sessions").fetchall() == [("new",)]
        assert schema.version(connection) == len(later)


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old version can still open the file."""
    path = tmp_path / "s.db"
    make(path)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE x (y)", "no")))
    monkeypatch.setattr(schema, "VERSION", len(schema.MIGRATIONS))
    assert "syntax error" in refusal(path)
    monkeypatch.undo()
    with SessionReader(path) as reader:
        assert reader.count() == 0


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    """Somebody gave the wrong file."""
    path = tmp_path / "theirs.db"
    run(path, "CREATE TABLE precious (x)")
    before = path.read_bytes()
    assert "is another program's SQLite database" in refusal(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database, but long enough to be one" * 40, b"x"])
def test_a_damaged_file_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    """It may hold what its owner wants back."""
    path = tmp_path / "s.db"
    path.write_bytes(content)
    assert "is damaged, or is no session store" in refusal(path)
    assert path.read_bytes() == content


def test_a_directory_in_its_place_is_refused(tmp_path: Path) -> None:
    """With what to do instead."""
    assert refusal(tmp_path) == (
        f"{tmp_path} cannot be opened (Is a directory); set HELISESSION_STORE to a file in a "
        "directory that you can write to"
    )


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A directory for a user who is not root, which the test is not either until its end."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        user = os.geteuid()
        try:
            yield place
        finally:
            os.seteuid(user)
            place.chmod(0o755)


@pytest.mark.parametrize("in_use", [False, True])
def test_a_file_that_may_only_be_read_is_read(unprivileged: Path, in_use: bool) -> None:
    """In a directory that takes no files; with and without a writer's -wal beside it."""
    path = unprivileged / "100% s.db"
    recorder = Recorder()
    recorder.llm()
    with ExitStack() as writing:
        exporter = writing.enter_context(exporting(path))
        exporter.export(recorder.take())
        if not in_use:
            writing.close()
        for file in unprivileged.iterdir():
            file.chmod(0o444)
        unprivileged.chmod(0o555)
        if os.geteuid() == 0:
            os.seteuid(NOBODY)
        assert is_only_read(path)
        with SessionReader(path) as reader:
            assert [one.id for one in reader.sessions()] == ["s-1"]
        with closing(SessionWriter(path)) as writer, pytest.raises(StoreError, match="cannot be"):
            writer.remove_all()
        os.seteuid(os.getuid())


def test_a_file_that_is_deleted_while_open_is_made_again(tmp_path: Path) -> None:
    """A long-running program goes on storing after somebody tidied up."""
    path = tmp_path / "s.db"
    recorder = Recorder()
    with exporting(path) as exporter:
        for number in range(2):
            recorder.llm(session=f"s-{number}")
            exporter.export(recorder.take())
            if number == 0:
                path.unlink()
    with SessionReader(path) as reader:
        assert [one.id for one in reader.sessions()] == ["s-1"]


def test_a_path_of_the_wrong_kind_is_refused() -> None:
    """At the line that made the mistake."""
    with pytest.raises(TypeError, match="must be a str or Path, not int"):
        store_path(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is empty"):
        store_path("")
