"""BatchReader: a batch that the store did not take is tried again, and nothing of it is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
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
ASKED = [{"role": "user", "parts": [{"type": "text", "content": "Where to stay?"}]}]


def records() -> bytes:
    """Return a request that says what each of the calls was asked."""
    content = KeyValue(key="content", value=AnyValue(string_value="Where to stay?"))
    asked = AnyValue()
    asked.kvlist_value.values.append(content)
    made = [
        LogRecord(
            event_name="gen_ai.user.message",
            body=asked,
            trace_id=TRACE.to_bytes(16, "big"),
            span_id=call.to_bytes(8, "big"),
        )
        for call in CALLS
    ]
    logs = [ResourceLogs(scope_logs=[ScopeLogs(log_records=made)])]
    return ExportLogsServiceRequest(resource_logs=logs).SerializeToString()


def asked_of(store: Path) -> list[Any]:
    """Return what each stored call was asked."""
    with SessionReader(store) as opened:
        details = [opened.detail(row) for row in rows(store)]
    return [one.operation["conversation"].get("input") for one in details if one is not None]


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
    assert asked_of(store) == [ASKED, ASKED]


def test_what_records_said_is_not_lost_when_half_a_batch_was_stored(
    reader: BatchReader, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first half is stored again, and says the same."""
    monkeypatch.setattr(reading, "_AT_ONCE", 1)
    reader.store_logs(records())
    both = prepare(encoded(*(llm("chat", call) for call in CALLS)), True)
    insist(monkeypatch, lambda: reader.store(both), busy_at=2)
    assert asked_of(store) == [ASKED, ASKED]


def test_what_is_too_odd_is_counted_once(
    reader: BatchReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often its batch is tried."""
    made = prepare(encoded(llm("chat")), True).made
    insist(monkeypatch, lambda: reader.store(Preparation(made, unstorable=1)))
    assert (reader.stored, reader.unstorable) == (1, 1)
