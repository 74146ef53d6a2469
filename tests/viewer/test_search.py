"""Search: what finds a session, and the index that follows the store in a file of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import time
from contextlib import closing

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions.understanding import understood
from otel_helisession.store import indexing, search
from otel_helisession.store.connection import connect, transaction
from otel_helisession.store.entry import entry
from otel_helisession.store.location import store_path
from otel_helisession.store.retention import Retention
from otel_helisession.store.search import SearchIndex, search_path
from otel_helisession.store.writer import SessionWriter
from otel_helisession.viewer import app
from otel_helisession.viewer.upkeep import Upkeep
from tests.recorded import Recorder, store
from tests.viewer.conftest import caught_up, until


def say(session: str, text: str, **rest: str) -> None:
    """Store a session in which somebody says *text*."""
    recorder = Recorder()
    messages = [{"role": "user", "parts": [{"type": "text", "content": text}]}]
    recorder.llm(session=session, gen_ai__input__messages=json.dumps(messages), **rest)
    store(recorder.take())


def found(viewer: httpx.Client, text: str) -> list[str]:
    answer = viewer.get("/api/sessions", params={"q": text, "sort": "id"}).json()
    assert answer["total"] == len(answer["sessions"])
    return [one["id"] for one in answer["sessions"]]


@pytest.fixture
def two() -> None:
    say(
        "kyoto-1",
        "A quiet machiya near the Kamo river, the café, 京都の静かな宿",
        path="/trip/web_search",
    )
    say("lisbon-2", "Something quiet in Alfama; order-1234", helicone__property__team="blue_1")
    caught_up()


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("quiet", ["kyoto-1", "lisbon-2"]),
        ("QUIET machiya", ["kyoto-1"]),
        ('"quiet machiya"', ["kyoto-1"]),
        ('"machiya quiet"', []),
        ('"Kamo river, the CAFE"', ["kyoto-1"]),
        ('"quiet mach"', ["kyoto-1"]),
        ('"a qu"', []),
        ('"静かな宿"', ["kyoto-1"]),
        ('"宿静"', []),
        ("quiet kyoto", ["kyoto-1"]),
        ("cafe", ["kyoto-1"]),
        ("mach", ["kyoto-1"]),
        ("静かな", ["kyoto-1"]),
        ("web_search", ["kyoto-1"]),
        ('"/trip/web_search"', ["kyoto-1"]),
        ("order-1234", ["lisbon-2"]),
        ("isbon", ["lisbon-2"]),
        ("blue_", ["lisbon-2"]),
        ("blue%", []),
        ("gpt-5-mini", ["kyoto-1", "lisbon-2"]),
        ("alfama kamo", []),
        ("OR", []),
        ('"', ["kyoto-1", "lisbon-2"]),
        ("* NEAR( ' \\", []),
        ("   ", ["kyoto-1", "lisbon-2"]),
    ],
)
def test_sessions_are_found_by_what_they_are_called_and_say(
    viewer: httpx.Client, text: str, expected: list[str]
) -> None:
    """All words somewhere in the session; ids, names and properties from their middle, too."""
    assert found(viewer, text) == expected


def test_what_is_said_later_is_found_later(viewer: httpx.Client) -> None:
    """The index follows by itself, seconds behind; a word counts for its whole session."""
    say("s", "alpha")
    caught_up()
    say("s", "beta")
    caught_up()
    assert (found(viewer, "alpha beta"), found(viewer, "gamma")) == (["s"], [])


def test_the_index_is_private(two: None) -> None:
    """It has every word that was said."""
    path = search_path(store_path())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_removed_by_hand_leaves_the_index(two: None, viewer: httpx.Client) -> None:
    """File and all: what was said is gone, and the rest is read again."""
    with closing(SessionWriter()) as writer:
        assert writer.remove(["kyoto-1"]) == 1
    assert not search_path(store_path()).exists()
    assert found(viewer, "machiya") == []
    caught_up()
    assert (found(viewer, "quiet"), b"machiya" in index_bytes()) == (["lisbon-2"], False)


def index_bytes() -> bytes:
    path = search_path(store_path())
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_a_store_that_starts_anew_is_read_anew(two: None, viewer: httpx.Client) -> None:
    """Its spans have the old ones' numbers."""
    path = store_path()
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        file.unlink(missing_ok=True)
    say("new", "delta")
    caught_up()
    assert (found(viewer, "delta"), found(viewer, "machiya")) == (["new"], [])


def test_spans_that_move_to_another_session_are_read_again(two: None, viewer: httpx.Client) -> None:
    """A parent came late, and said whose they are."""
    with closing(connect(store_path())) as connection, transaction(connection):
        connection.execute("UPDATE spans SET session_id = 'lisbon-2'")
        search.changed(connection, ["kyoto-1", "lisbon-2"])
    caught_up()
    assert found(viewer, "machiya alfama") == ["lisbon-2"]
    with closing(connect(store_path())) as connection:
        assert connection.execute("SELECT * FROM changed").fetchall() == []


@pytest.mark.usefixtures("two")
def test_a_phrase_that_takes_long_says_what_it_left_unread(
    viewer: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sessions are read for it, and a page cannot wait for all of them."""
    monkeypatch.setattr(app, "_PHRASE_SECONDS", -1)
    answer = viewer.get("/api/sessions", params={"q": '"quiet machiya"'}).json()
    assert (answer["total"], answer["unread"]) == (0, 1)


def test_a_span_that_is_sent_again_is_read_again(viewer: httpx.Client) -> None:
    """Its new words are found, its old ones are not; the same again changes nothing."""
    recorder = Recorder()
    span = recorder.llm(session="s", note="alpha")
    [old] = recorder.take()
    store([old])
    caught_up()
    assert span.get_span_context() == old.context
    store([old])
    assert changed_sessions() == []
    store([with_attribute(old, "note", "beta")])
    assert changed_sessions() == ["s"]
    caught_up()
    assert (found(viewer, "beta"), found(viewer, "alpha")) == (["s"], [])


def with_attribute(span: ReadableSpan, key: str, value: str) -> ReadableSpan:
    """Return a copy of *span* that says something else."""
    return ReadableSpan(
        span.name,
        span.context,
        attributes={**(span.attributes or {}), key: value},
        start_time=span.start_time,
        end_time=span.end_time,
        resource=span.resource,
    )


def changed_sessions() -> list[str]:
    with closing(connect(store_path())) as connection:
        return [one for (one,) in connection.execute("SELECT session_id FROM changed")]


def test_without_full_text_search_texts_are_scanned(
    monkeypatch: pytest.MonkeyPatch, viewer: httpx.Client
) -> None:
    """Some builds of SQLite lack FTS5."""
    monkeypatch.setattr(search, "_TOKENIZER", "no such tokenizer")
    say("s", "A quiet machiya")
    caught_up()
    assert (found(viewer, "quiet mach"), found(viewer, "chiya"), found(viewer, "100%")) == (
        ["s"],
        ["s"],
        [],
    )


def test_a_damaged_index_hides_nothing_else(two: None, viewer: httpx.Client) -> None:
    """Ids and names are found without it."""
    search.forget(store_path())
    search_path(store_path()).write_bytes(b"not a database, but long enough to be one" * 100)
    assert (found(viewer, "kyoto"), found(viewer, "machiya")) == (["kyoto-1"], [])


@pytest.mark.usefixtures("two", "lenient")
def test_a_damaged_index_is_made_again(viewer: httpx.Client) -> None:
    """It is derived."""
    search.forget(store_path())
    search_path(store_path()).write_bytes(b"not a database, but long enough to be one" * 100)
    caught_up()
    assert found(viewer, "machiya") == ["kyoto-1"]


def test_an_index_of_many_deleted_sessions_is_made_again() -> None:
    """Words of what retention has deleted do not stay for ever."""
    with closing(SearchIndex(store_path())) as index:
        store_path().parent.mkdir(parents=True, exist_ok=True)
        index.add([(f"s-{number}", "word") for number in range(300)], (0, 300))
        index.drop([f"s-{number}" for number in range(90)])
        assert not index.is_worn()
        index.drop([f"s-{number}" for number in range(200)])
        assert index.is_worn()
        index.reset()
        assert (index.mark(), index.find("word")) == (0, set())


def test_upkeep_counts_what_writers_left_uncounted() -> None:
    """Long sessions are counted here, not as they are written."""
    say("s", "text")
    with closing(sqlite3.connect(store_path())) as connection, connection:
        connection.execute("UPDATE sessions SET stale = 1, llm = 0")
    caught_up()
    with closing(sqlite3.connect(store_path())) as connection:
        assert connection.execute("SELECT stale, llm FROM sessions").fetchall() == [(0, 1)]


def test_upkeep_waits_for_a_store_and_makes_none(lenient: None) -> None:
    """The viewer may be first."""
    upkeep = Upkeep(store_path())
    upkeep.start()
    try:
        assert upkeep.settle(5)
        assert not store_path().parent.exists()
        say("s", "later")
        with closing(SearchIndex(store_path())) as index:
            until(lambda: index.find("later") == {"s"})
    finally:
        upkeep.stop()


@pytest.mark.parametrize("days", [0, 2])
def test_retention_deletes_an_index_that_nobody_keeps_up(days: int) -> None:
    """It may have words of what has been deleted; one in use follows by itself."""
    say("old", "machiya")
    caught_up()
    path = search_path(store_path())
    past = time.time() - days * 86_400
    os.utime(path, (past, past))
    entries = [entry(span, understood(span)) for span in one_span("new")]
    clock = time.time() + 8 * 86_400
    with closing(SessionWriter(retention=Retention(clock=lambda: clock))) as writer:
        writer.write(entries)
    assert path.exists() is (days == 0)


def one_span(session: str) -> list[ReadableSpan]:
    recorder = Recorder()
    recorder.llm(session=session)
    return recorder.take()


def test_large_spans_are_indexed_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch has to fit the memory; what does not fit one is in the next."""
    monkeypatch.setattr(indexing, "_BATCH_BYTES", 1)
    for number in range(3):
        say(f"s-{number}", f"word{number}")
    with (
        closing(connect(store_path())) as connection,
        closing(SearchIndex(store_path())) as index,
    ):
        steps = [indexing.step(connection, index) for _ in range(3)]
        found = [index.find(f"word{number}") for number in range(3)]
    assert (steps, found) == ([True, True, False], [{"s-0"}, {"s-1"}, {"s-2"}])


def test_two_processes_do_not_index_the_same_twice() -> None:
    """A viewer and `ls --search` may run at once."""
    say("s", "word")
    with closing(SearchIndex(store_path())) as one, closing(SearchIndex(store_path())) as other:
        one.add([("s", "word")], (0, 1))
        other.add([("s", "word")], (0, 1))
        other.add([("s", "more")], (1, 2))
        with closing(sqlite3.connect(one.path)) as connection:
            documents = connection.execute("SELECT count(*) FROM documents").fetchone()
        assert (documents, one.mark(), one.find("more")) == ((2,), 2, {"s"})
