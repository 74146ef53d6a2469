"""Real programs for tests; a test that needs a missing one skips, and says which.

``collector``
    ``collector("gateway", BACKEND_OTLP=...)`` runs a file of collector-config/ until the test
    ends; it skips the test when there is no Collector, or none with those components.
``jaeger``, ``tempo``
    One for all tests: tests use session ids of their own.
``sink``
    A backend that keeps what it is sent: see tests/servers/otlp.py. ``sink_address`` is
    what an exporter of a Collector takes for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.backends import programs
from tests.backends.collector import Collector, lacking
from tests.backends.jaeger import Jaeger
from tests.backends.tempo import Tempo
from tests.servers.otlp import GrpcSink


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Callable[..., Collector]]:
    with contextlib.ExitStack() as running:

        def start(name: str, *more: str, **environment: str) -> Collector:
            if lacking(name):
                pytest.skip(lacking(name))
            folder = tmp_path / f"{name}-{len(list(tmp_path.iterdir()))}"
            made = Collector(name, folder, *more, **environment)
            running.enter_context(made)
            return made

        yield start


@pytest.fixture(scope="session")
def jaeger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jaeger]:
    if programs.JAEGER.find() is None:
        pytest.skip(programs.JAEGER.missing)
    with Jaeger(tmp_path_factory.mktemp("jaeger")) as running:
        yield running


@pytest.fixture(scope="session")
def tempo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tempo]:
    if programs.TEMPO.find() is None:
        pytest.skip(programs.TEMPO.missing)
    with Tempo(tmp_path_factory.mktemp("tempo")) as running:
        yield running


@pytest.fixture
def sink() -> Iterator[GrpcSink]:
    with GrpcSink() as server:
        yield server


@pytest.fixture
def sink_address(sink: GrpcSink) -> str:
    return sink.endpoint.removeprefix("http://")
