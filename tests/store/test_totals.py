"""A session's totals: each call once, each error once, unknown kept apart from zero."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from otel_helisession.conventions.operation import Usage
from otel_helisession.store import schema, tally
from otel_helisession.store.connection import connect
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.summary import SessionSummary
from tests.recorded import EPOCH, Recorder, store

ERROR = ("TimeoutError", "too late")


def summary_of(recorder: Recorder) -> SessionSummary:
    store(recorder.take())
    with SessionReader() as reader:
        (summary,) = reader.sessions()
    return summary


def test_a_summary_has_every_total() -> None:
    """Requests by kind, tokens, times, user and properties of one small session."""
    recorder = Recorder()
    step = recorder.span("plan", path="/plan", times=(0, 90))
    recorder.llm(path="/plan", times=(1, 50), parent=step, **{"user.id": "u-1"})
    recorder.llm(path="/plan", times=(50, 80), parent=step, **{"helicone.property.tier": "pro"})
    recorder.tool("book", path="/plan/book", times=(60, 100), parent=step)
    assert summary_of(recorder) == SessionSummary(
        id="s-1",
        name="Trip",
        user_id="u-1",
        properties={"tier": "pro"},
        start_unix_nano=EPOCH,
        end_unix_nano=EPOCH + 100_000_000,
        spans=4,
        requests={"llm": 2, "tool": 1, "vector_db": 0, "data": 0},
        errors=0,
        usage=Usage(input_tokens=20, output_tokens=10),
        unpriced=2,
        mean_ms=(49 + 30 + 40) / 3,
        p95_ms=49,
        models=("gpt-5-mini",),
    )


def test_two_spans_with_one_response_id_are_one_call() -> None:
    """Two instrumentors may cover one call; the one that knows tokens stands for it."""
    recorder = Recorder()
    outer = recorder.span(
        "chat", gen_ai__operation__name="chat", gen_ai__response__id="r-1", times=(0, 9)
    )
    recorder.llm(parent=outer, times=(1, 8), gen_ai__response__id="r-1")
    summary = summary_of(recorder)
    assert (summary.requests["llm"], summary.usage.total_tokens) == (1, 15)


def test_an_llm_span_that_wraps_another_is_not_counted() -> None:
    """Without a response id, the inner one is the call."""
    recorder = Recorder()
    outer = recorder.llm(times=(0, 9))
    recorder.llm(parent=outer, times=(1, 8), gen_ai__response__id="r-1")
    summary = summary_of(recorder)
    assert (summary.requests["llm"], summary.usage.total_tokens) == (1, 15)


def test_different_calls_below_one_another_both_count() -> None:
    """Two response ids are two calls, wherever they hang."""
    recorder = Recorder()
    outer = recorder.llm(times=(0, 9), gen_ai__response__id="r-1")
    recorder.llm(tokens=(7, 8), parent=outer, times=(1, 8), gen_ai__response__id="r-2")
    assert summary_of(recorder).requests["llm"] == 2


def test_what_an_agent_repeats_is_not_added() -> None:
    """Agent spans carry the usage of the calls inside them."""
    recorder = Recorder()
    agent = recorder.span(
        "invoke_agent", gen_ai__operation__name="invoke_agent", gen_ai__usage__input_tokens=10
    )
    recorder.llm(parent=agent)
    assert summary_of(recorder).usage == Usage(input_tokens=10, output_tokens=5)


def test_an_error_counts_once_where_it_arose() -> None:
    """Steps around a failed request fail with it, and plumbing below it failed before it."""
    recorder = Recorder()
    outer = recorder.span("run", path="/run", error=ERROR)
    step = recorder.span("book", path="/run/book", parent=outer, error=ERROR)
    tool = recorder.tool("book", path="/run/book", parent=step, error=ERROR)
    recorder.span("GET", path="/run/book", parent=tool, error=ERROR)
    assert summary_of(recorder).errors == 1


def test_a_step_that_fails_by_itself_is_an_error() -> None:
    """The fault was in the step's own code."""
    recorder = Recorder()
    outer = recorder.span("run", path="/run", error=ERROR)
    recorder.span("book", path="/run/book", parent=outer, error=ERROR)
    recorder.llm(path="/run")
    assert summary_of(recorder).errors == 1


def test_known_costs_are_summed_and_unknown_ones_counted() -> None:
    """Unknown is not free."""
    recorder = Recorder()
    recorder.llm(**{"gen_ai.usage.cost": 0.5})
    recorder.llm()
    summary = summary_of(recorder)
    assert (summary.usage.cost_usd, summary.unpriced) == (0.5, 1)


def test_the_last_name_that_is_not_empty_is_shown() -> None:
    """Sessions are grouped by id alone."""
    recorder = Recorder()
    for name in ("First", "Second", ""):
        recorder.span("x", **{"helicone.session.name": name})
    assert summary_of(recorder).name == "Second"


def test_sessions_come_newest_first_by_limit_and_by_name() -> None:
    """As a list shows them."""
    recorder = Recorder()
    for number in range(3):
        name = "Other" if number == 1 else "Trip"
        recorder.span(
            "x",
            session=f"s-{number}",
            times=(number, number + 1),
            **{"helicone.session.name": name},
        )
    store(recorder.take())
    with SessionReader() as reader:
        assert [one.id for one in reader.sessions(limit=2)] == ["s-2", "s-1"]
        assert [one.id for one in reader.sessions(name="Trip")] == ["s-2", "s-0"]
        assert (reader.count(), reader.count(name="Trip")) == (3, 2)


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """A recorder of spans, where sessions of more than two count as long."""
    monkeypatch.setattr(tally, "_COUNT_AT_ONCE", 2)
    return Recorder()


def stale() -> list[str]:
    """The sessions in the file whose totals are still to be counted."""
    with SessionReader() as reader, closing(sqlite3.connect(reader.path)) as connection:
        return tally.stale(connection)


def test_a_long_session_is_counted_when_it_is_looked_at(long: Recorder) -> None:
    """Not with each batch, which would be quadratic; and then kept."""
    for _ in range(4):
        long.llm()
        store(long.take())
    assert stale() == ["s-1"]
    for _ in range(2):
        with SessionReader() as reader:
            assert reader.sessions()[0].requests["llm"] == 4
        assert stale() == []


def test_totals_that_cannot_be_kept_are_counted_all_the_same(
    long: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file may be only readable, or another process may be writing all the time."""
    for _ in range(3):
        long.llm()
    store(long.take())

    def busy(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(tally, "recount", busy)
    with SessionReader() as reader:
        assert reader.sessions()[0].usage == Usage(input_tokens=30, output_tokens=15)
    assert stale() == ["s-1"]


def without_triggers(connection: sqlite3.Connection) -> None:
    """Take away what later versions have added."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in rows.fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def test_a_store_of_version_1_gets_its_totals() -> None:
    """Counted when it is first read after the migration."""
    recorder = Recorder()
    recorder.llm()
    recorder.tool("book", error=ERROR)
    store(recorder.take())
    with SessionReader() as reader:
        before, path = reader.sessions(), reader.path
    columns = ["stale", *tally.TOTALS]
    with closing(sqlite3.connect(path)) as connection, connection:
        without_triggers(connection)
        for index in ("sessions_started", "sessions_stale"):
            connection.execute(f"DROP INDEX {index}")
        for column in columns:
            connection.execute(f"ALTER TABLE sessions DROP COLUMN {column}")
        connection.execute("DROP TABLE changed")
        connection.execute("PRAGMA user_version = 1")
    with SessionReader() as reader:
        assert reader.sessions() == before
        with closing(sqlite3.connect(path)) as connection:
            assert schema.version(connection) == schema.VERSION


def test_a_store_of_version_2_is_migrated_without_being_rewritten() -> None:
    """In a moment, whatever its size: one table more, and what was there as it was."""
    recorder = Recorder()
    recorder.llm()
    store(recorder.take())
    with SessionReader() as reader:
        before, path = reader.sessions(), reader.path
    with closing(sqlite3.connect(path)) as connection, connection:
        without_triggers(connection)
        connection.execute("DROP TABLE changed")
        connection.execute("PRAGMA user_version = 2")
    with closing(connect(path)) as connection:
        assert schema.version(connection) == schema.VERSION
        assert connection.execute("SELECT count(*) FROM changed").fetchone() == (0,)
        assert connection.total_changes < 5
    with SessionReader() as reader:
        assert reader.sessions() == before
