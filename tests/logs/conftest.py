"""A LoggerProvider with our processor, what it exported, and a logger that writes to it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

from otel_helisession import SessionLogRecordProcessor, uninstrument_logging


class Logs:
    """``logs()`` returns the attributes of each exported record, by its body."""

    def __init__(self, *processors: Any) -> None:
        self.exporter = InMemoryLogRecordExporter()
        self.provider = LoggerProvider(shutdown_on_exit=False)
        for processor in (*processors, SimpleLogRecordProcessor(self.exporter)):
            self.provider.add_log_record_processor(processor)

    def __call__(self) -> dict[Any, dict[str, Any]]:
        finished = self.exporter.get_finished_logs()
        return {
            found.log_record.body: dict(found.log_record.attributes or {}) for found in finished
        }


@pytest.fixture
def logs() -> Iterator[Logs]:
    made = Logs(SessionLogRecordProcessor())
    yield made
    made.provider.shutdown()  # type: ignore[no-untyped-call]


@pytest.fixture
def logger() -> logging.Logger:
    """A logger that lets everything through to the root's handlers."""
    found = logging.getLogger("agent")
    found.setLevel(logging.DEBUG)
    return found


@pytest.fixture(autouse=True)
def factory_stays() -> Iterator[None]:
    """No test leaves its record factory behind."""
    before = logging.getLogRecordFactory()
    yield
    uninstrument_logging()
    assert logging.getLogRecordFactory() is before
