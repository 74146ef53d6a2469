"""A LoggerProvider with our processor, what it exported, and a logger that writes to it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk._logs import LoggerProvider, export

from otel_helisession import SessionLogRecordProcessor, uninstrument_logging

_NAMES = ("InMemoryLogRecordExporter", "InMemoryLogExporter")  # now, and in older SDKs
MemoryExporter: Any = next(getattr(export, name) for name in _NAMES if hasattr(export, name))


class Logs:
    """``logs()`` returns the attributes of each exported record, by its body."""

    def __init__(self, *processors: Any) -> None:
        self.exporter = MemoryExporter()
        self.provider = LoggerProvider(shutdown_on_exit=False)
        for processor in (*processors, export.SimpleLogRecordProcessor(self.exporter)):
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
