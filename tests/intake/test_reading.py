"""BatchReader: a batch that the store did not take is tried again, and nothing of it is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs

from otel_helisession.intake import reading
from otel_helisession.intake.preparing import Preparation, prepare
from otel_helisession.intake.reading import BatchReader
from otel_helisession.store.error import StoreError
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.writer import SessionWriter
from tests.intake.conftest import rows
from tests.intake.requests import TRACE, encoded, llm

CALLS = (1, 2)
QUESTION, ANSWER = "Where to stay?", "Near the river."
ASKED = [{"role": "user", "parts": [{"type": "text", "content": QUESTION}]}]


def records(text: str = QUESTION, event: str = "gen_ai.user.message") -> bytes:
    """Return a request that says what each of the calls was asked, or another event of theirs."""
    said = AnyValue()
    said.kvlist_value.values.add(key="content").value.string_value = text
    made = [
        LogRecord(
            event_name=event,
            body=said,
            trace_id=TRACE.to_bytes(16, "big"),
            span_id=call.to_bytes(8, "big"),
        )
        for call in CALLS
    ]
    logs = [ResourceLogs(scope_logs=[ScopeLogs(log_records=made)])]
    return ExportLogsServiceRequest(resource_logs=logs).SerializeToString()


def said_in(store: Path, side: str = "input") -> list[Any]:
    """Return what each stored call was asked, or answered."""
    with SessionReader(store) as opened:
        details = [opened.detail(row) for row in rows(store)]
    return [one.operation["conversation"].get(side) for one in details if one is not None]


def insist(monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], None], busy_at: int = 1) -> None:
    """Do each of *steps* until it succeeds, in a store that is busy at one of its writes."""
    write, writes = SessionWriter.write, Counter[int]()

    def busy(self: SessionWriter, *arguments: Any) -> None:
        writes[number] += 1
        if writes[number] == busy_at:
            raise StoreError("the store is busy")
        write(self, *arguments)

    monkeypatch.setattr(SessionWriter, "write", busy)
    for number, step in enumerate(steps):  # noqa: B007
        try:
            step()
        except StoreError:
            step()


@pytest.fixture
def reader(store: Path) -> Any:
    made = BatchReader(store, by_trace=True, has_content=True)
    yield made
    made.close()


@pytest.mark.parametrize("first", [0, 1, 2])
def test_what_records_said_is_stored_once(
    reader: BatchReader, store: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """Before their calls came, between them, and after both."""
    came = [prepare(encoded(llm("chat", call)), True) for call in CALLS]
    steps = [lambda one=one: reader.store(one) for one in came]
    steps.insert(first, lambda: reader.store_logs(records()))
    insist(monkeypatch, *steps)
    assert said_in(store) == [ASKED, ASKED]


def test_what_records_said_is_not_lost_when_half_a_batch_was_stored(
    reader: BatchReader, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first half is stored again, and says the same."""
    monkeypatch.setattr(reading, "_AT_ONCE", 1)
    reader.store_logs(records())
    both = prepare(encoded(*(llm("chat", call) for call in CALLS)), True)
    insist(monkeypatch, lambda: reader.store(both), busy_at=2)
    assert said_in(store) == [ASKED, ASKED]


@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_question_and_its_answer_may_come_apart(
    reader: BatchReader, store: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """In batches of log records around that of the calls, in any order."""
    answers = records(ANSWER, "gen_ai.choice")
    steps = [lambda: reader.store_logs(records()), lambda: reader.store_logs(answers)]
    calls = prepare(encoded(*(llm("chat", call) for call in CALLS)), True)
    steps.insert(first, lambda: reader.store(calls))
    insist(monkeypatch, *steps)
    assert said_in(store) == [ASKED, ASKED]
    assert [one[0]["parts"] for one in said_in(store, "output")] == [
        [{"type": "text", "content": ANSWER}]
    ] * 2


def test_records_that_are_sent_twice_are_said_once(reader: BatchReader, store: Path) -> None:
    """Their sender heard no answer; before their calls, or after."""
    reader.store_logs(records())
    reader.store_logs(records())
    reader.store(prepare(encoded(*(llm("chat", call) for call in CALLS)), True))
    reader.store_logs(records(ANSWER, "gen_ai.choice"))
    reader.store_logs(records(ANSWER, "gen_ai.choice"))
    assert said_in(store) == [ASKED, ASKED]
    assert [len(one) for one in said_in(store, "output")] == [1, 1]


def test_what_is_too_odd_is_counted_once(
    reader: BatchReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often its batch is tried."""
    made = prepare(encoded(llm("chat")), True).made
    insist(monkeypatch, lambda: reader.store(Preparation(made, unstorable=1)))
    assert (reader.stored, reader.unstorable) == (1, 1)
