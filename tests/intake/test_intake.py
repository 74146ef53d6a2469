"""Intake: what it accepts is in the store a moment later, where it belongs."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otel_helisession import LocalSpanExporter
from otel_helisession.intake import families, reader_thread
from otel_helisession.intake.intake import Figures, Intake
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.writer import SessionWriter
from tests.intake.conftest import rows
from tests.intake.requests import TRACE, agent, encoded, llm, span


def accept(intake: Intake, *spans: Any) -> None:
    """Have *intake* accept *spans*, in a batch of their own, and wait until they are stored."""
    body = encoded(*spans)
    intake.accept(ExportTraceServiceRequest.FromString(body), body)
    assert intake.settle(10)


def places(store: Path) -> dict[str, tuple[str | None, str]]:
    return {row.name: (row.session_id, row.path) for row in rows(store)}


def test_a_session_that_is_named_late_takes_its_spans_along(intake: Intake, store: Path) -> None:
    """What was the trace's until then is no session any more; totals follow."""
    accept(intake, llm("chat", 2, 1))
    trace = f"{TRACE:032x}"
    assert places(store) == {"chat": (trace, "/")}
    accept(intake, agent("plan", 1, session__id="s", user__id="ana"))
    assert places(store) == {"chat": ("s", "/plan"), "plan": ("s", "/plan")}
    with SessionReader(store) as reader:
        (summary,) = reader.sessions()
    assert (summary.id, summary.user_id, summary.spans) == ("s", "ana", 2)
    assert summary.requests["llm"] == 1
    assert (summary.start_unix_nano, summary.end_unix_nano) == (
        min(row.start_unix_nano for row in rows(store)),
        max(row.end_unix_nano for row in rows(store)),
    )


def test_raw_attributes_stay_as_they_were_sent(intake: Intake, store: Path) -> None:
    """Session and path are ours, and in the columns."""
    accept(intake, llm("chat", session__id="s"))
    with SessionReader(store) as reader:
        detail = reader.detail(rows(store)[0])
    assert detail is not None
    assert sorted(detail.span["attributes"]) == [
        "gen_ai.operation.name",
        "gen_ai.request.model",
        "session.id",
    ]


def test_a_browser_s_session_is_not_taken(intake: Intake, store: Path) -> None:
    """``session.id`` on a SERVER span is a visitor's."""
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanKind

    one = span("GET /", session__id="visit")
    server = ReadableSpan(
        one.name, one.context, attributes=one.attributes, kind=SpanKind.SERVER, start_time=1
    )
    accept(intake, server)
    assert places(store) == {"GET /": (None, "")}


def test_traces_are_no_sessions_where_that_is_switched_off(store: Path) -> None:
    """Their spans are stored all the same."""
    intake = Intake(store, default_session=None)
    intake.start()
    accept(intake, llm("chat"))
    assert intake.close()
    assert places(store) == {"chat": (None, "")}


def test_content_can_be_left_out(store: Path) -> None:
    """As LocalSpanExporter leaves it out."""
    intake = Intake(store, capture_content=False)
    intake.start()
    said = '[{"role":"user","parts":[{"type":"text","content":"my secret plan"}]}]'
    accept(intake, llm("chat", gen_ai__input__messages=said))
    assert intake.close()
    with SessionReader(store) as reader:
        detail = reader.detail(rows(store)[0])
    assert detail is not None
    assert "my secret plan" not in str(detail)


def test_a_parent_that_another_process_stores_is_found(
    intake: Intake, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python program writes to the store itself; its child in JavaScript comes to us, earlier."""
    monkeypatch.setattr(reader_thread, "_LOOK_SECONDS", 0.05)
    accept(intake, span("child", 2, 1, gen_ai__operation__name="execute_tool"))
    exporter = LocalSpanExporter(store)
    mine = {"helicone__session__id": "mine", "helicone__session__path": "/trip"}
    exporter.export([span("parent", 1, **mine)])
    exporter.shutdown()
    expected = {"child": ("mine", "/trip/child"), "parent": ("mine", "/trip")}
    for _ in range(200):
        if places(store) == expected:
            break
        accept(intake, span("tick", 99, trace=TRACE + 1))  # wakes the reader
        expected["tick"] = (None, "")
    assert places(store) == expected


def test_a_parent_that_is_stored_already_is_found(intake: Intake, store: Path) -> None:
    """Also after a restart, when nothing of the trace is remembered."""
    mine = {"helicone__session__id": "mine", "helicone__session__path": "/trip"}
    exporter = LocalSpanExporter(store)
    exporter.export([agent("parent", 1, **mine)])
    exporter.shutdown()
    accept(intake, llm("child", 2, 1))
    assert places(store)["child"] == ("mine", "/trip")


def test_what_waits_for_a_busy_store_is_stored_later(
    store: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning, and another attempt."""
    from otel_helisession.store.error import StoreError

    monkeypatch.setattr(reader_thread, "_PAUSE_SECONDS", 0.01)
    write, failures = SessionWriter.write, [3]

    def busy(self: SessionWriter, *arguments: Any) -> None:
        if failures[0]:
            failures[0] -= 1
            raise StoreError("the store is busy")
        write(self, *arguments)

    monkeypatch.setattr(SessionWriter, "write", busy)
    intake = Intake(store)
    intake.start()
    accept(intake, llm("chat"))
    assert intake.close()
    assert list(places(store)) == ["chat"]
    assert caplog.text.count("received spans wait, because they cannot be stored") == 1


def test_two_intakes_write_to_one_store(store: Path) -> None:
    """Each reads what it has accepted, and the store has all."""
    both = [Intake(store), Intake(store)]
    for intake in both:
        intake.start()
    for number in range(40):
        body = encoded(llm(f"chat {number}", 1 + number))
        both[number % 2].accept(ExportTraceServiceRequest.FromString(body), body)
    assert [intake.close() for intake in both] == [True, True]
    assert len(rows(store)) == 40


def test_figures_tell_what_became_of_spans(intake: Intake) -> None:
    """Accepted, rejected and stored."""
    bad = ExportTraceServiceRequest.FromString(encoded(llm("bad")))
    bad.resource_spans[0].scope_spans[0].spans[0].span_id = b""
    intake.accept(bad)
    accept(intake, llm("good"), llm("better", 2))
    assert intake.figures() == Figures(received=2, rejected=1, stored=2)


def test_memory_of_traces_is_bounded(
    intake: Intake, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trace that was forgotten is looked up, and goes on as it was."""
    assert intake._reader is not None
    monkeypatch.setattr(intake._reader._families, "_max_spans", 1)
    accept(intake, agent("plan", 1, session__id="s"))
    for number in range(3):
        accept(intake, span("other", 50 + number, trace=TRACE + 7 + number))
    accept(intake, llm("chat", 2, 1))
    assert places(store)["chat"] == ("s", "/plan")
    assert families.MAX_SPANS > 1_000


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"default_session": "never"}, "default_session is 'never'; accepted: 'trace', or None"),
        ({"store": ""}, "the store's path is empty"),
        ({"store": "."}, "is a directory; give a file in it"),
    ],
)
def test_bad_arguments_are_refused(arguments: Any, problem: str) -> None:
    """With what is accepted."""
    with pytest.raises(ValueError, match=problem):
        Intake(**arguments)


def test_the_store_stays_sound(intake: Intake, store: Path) -> None:
    """After all of it."""
    for number in range(5):
        accept(intake, llm("chat", 10 + number, 1))
    accept(intake, agent("plan", 1, session__id="s"))
    connection = sqlite3.connect(store)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = connection.execute("SELECT count(*) FROM details LEFT JOIN spans USING (id)").fetchone()
    connection.close()
    assert found == (6,)
