"""An intake with its receivers, and what it has put into the store.

``intake``
    Started, on an empty store.
``http``, ``grpc_receiver``
    Its receivers, on free ports.
``stored``
    ``stored()`` returns the rows of all spans, once everything accepted is there, by span name.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from otel_helisession.intake.grpc import GrpcReceiver
from otel_helisession.intake.http import HttpReceiver
from otel_helisession.intake.intake import Intake
from otel_helisession.store.row import COLUMNS, SpanRow


@pytest.fixture
def store() -> Path:
    return Path(os.environ["HELISESSION_STORE"])


@pytest.fixture
def intake(store: Path) -> Iterator[Intake]:
    made = Intake(store)
    made.start()
    yield made
    assert made.close()


@pytest.fixture
def http(intake: Intake) -> Iterator[HttpReceiver]:
    receiver = HttpReceiver(intake, port=0)
    receiver.start()
    yield receiver
    receiver.stop()


@pytest.fixture
def grpc_receiver(intake: Intake) -> Iterator[GrpcReceiver]:
    receiver = GrpcReceiver(intake, port=0)
    receiver.start()
    yield receiver
    receiver.stop(0.1)


def rows(store: Path) -> list[SpanRow]:
    """Return all spans of the store, in the order they were first stored."""
    connection = sqlite3.connect(store)
    try:
        found: list[Any] = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM spans ORDER BY id")
        return [SpanRow(*row) for row in found]
    finally:
        connection.close()


@pytest.fixture
def stored(intake: Intake, store: Path) -> Callable[[], dict[str, SpanRow]]:
    def read() -> dict[str, SpanRow]:
        assert intake.settle(20)
        return {row.name: row for row in rows(store)}

    return read
