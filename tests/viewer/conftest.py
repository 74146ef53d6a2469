"""A running viewer on a port of its own, and somebody who asks it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from otel_helisession.store.location import store_path
from otel_helisession.viewer.app import make_viewer
from otel_helisession.viewer.serving import Server, listen
from otel_helisession.viewer.settings import Settings
from otel_helisession.viewer.upkeep import Upkeep
from otel_helisession.web.policy import Policy


@contextmanager
def serving(**settings: Any) -> Iterator[httpx.Client]:
    """Run a viewer in a thread, and yield a client of it."""
    started = threading.Event()
    listening = listen("127.0.0.1", 0)
    server = Server(make_viewer(Settings(store_path(), **settings)), started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        assert started.wait(10)
        port = listening.getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
    assert not thread.is_alive()


@pytest.fixture
def viewer() -> Iterator[httpx.Client]:
    """A client of a viewer on the test's store."""
    with serving() as client:
        yield client


@pytest.fixture
def guarded() -> Iterator[httpx.Client]:
    """A client of a viewer that asks for the token ``t0ken``."""
    with serving(policy=Policy(token="t0ken"), cookie="helisession_test") as client:
        yield client


def caught_up(store: Path | None = None) -> None:
    """Count totals and fill the search index."""
    upkeep = Upkeep(store_path(store))
    upkeep.start()
    try:
        assert upkeep.settle(20)
    finally:
        upkeep.stop()


def until(met: Any, seconds: float = 5.0) -> None:
    """Wait until *met* is true."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.02)
