"""What every test gets, and what it may ask for.

Every test (autouse): our guards raise instead of logging; the environment has none of the
variables that we or OpenTelemetry read, but that ``HELISESSION_STORE`` points below
``tmp_path`` and ``HELISESSION_PRICES`` is off;
the test fails when it leaves a span of a session open, or a Context undetached.

By name:

``provider``
    A fresh SDK TracerProvider, shut down after the test. Not the global one.
``spans``
    What the *global* provider made in this test, stamped by a SessionSpanProcessor:
    ``spans()`` returns the ended spans in order of their ends, paths final, each with all
    its attributes; ``spans.one("name")`` the only one of that name. ``spans.processor`` is
    the processor. The global provider drops all processors when the test ends, also those
    that the test added.
``lenient``
    Guards log and go on in this test, as they do at a user's.
``run_python``
    ``run_python(source, *arguments, **environment)`` runs source text in a fresh interpreter
    and returns the CompletedProcess: for what can be done once a process (setting the
    provider), forks and exits.
``echo``
    An HTTP server that answers any request with 200 and ``{}``: see tests/servers/echo.py.
``otlp_http``, ``otlp_grpc``
    OTLP sinks that keep what they are sent: see tests/servers/otlp.py.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opentelemetry import context as context_api
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import environment, guard
from otel_helisession.sessions import live
from tests.collecting import CollectedSpans, SharedProvider
from tests.servers.echo import EchoServer
from tests.servers.otlp import GrpcSink, HttpSink

_OURS = ("HELISESSION_", "HELICONE_", "OTEL_", "OPENAI_", "ANTHROPIC_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_REAL = ("backends", "intake")
"""Folders whose tests are told by variables where real programs are."""


def _variables_to_hide() -> list[str]:
    return [name for name in os.environ if name.startswith(_OURS) or name.lower() in _PROXIES]


def _is_for_tests(name: str) -> bool:
    return name.startswith("HELISESSION_TEST_")


# A shell's background jobs ignore Ctrl-C, and so would the programs that tests start from there.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Hypothesis would leave its notes in the directory that the tests are started from.
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", os.path.join(tempfile.gettempdir(), "hypothesis")
)

for _name in _variables_to_hide():  # before the global provider reads them
    if not _is_for_tests(_name):
        del os.environ[_name]
_shared = SharedProvider()
trace.set_tracer_provider(_shared)


class _Errors(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(autouse=True)
def _isolated(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    needs_programs = request.path.parent.name in _REAL
    for name in _variables_to_hide():
        if not (needs_programs and _is_for_tests(name)):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HELISESSION_STORE", str(tmp_path / "store" / "sessions.db"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HELISESSION_PRICES", "false")  # they change from week to week
    monkeypatch.setattr(guard, "strict", True)
    guard.reset()
    environment.disabled.cache_clear()
    yield
    environment.disabled.cache_clear()
    _shared.clear()


@pytest.fixture(autouse=True)
def _nothing_left_open(_isolated: None) -> Iterator[None]:
    errors = _Errors()
    logger = logging.getLogger("opentelemetry.context")
    logger.addHandler(errors)
    yield
    logger.removeHandler(errors)
    current = context_api.get_current()
    if current:
        context_api.attach(Context())  # so that only this test fails
    assert errors.messages == []
    assert current == {}, f"the test left {current} attached"
    if live.count():
        gc.collect()  # a span that nobody holds is no leak, even inside a reference cycle
    assert live.count() == 0, f"{live.count()} spans of sessions are still open"


@pytest.fixture
def provider() -> Iterator[TracerProvider]:
    made = TracerProvider(shutdown_on_exit=False)
    yield made
    made.shutdown()


@pytest.fixture
def spans() -> CollectedSpans:
    collected = CollectedSpans()
    for processor in collected.processors:
        _shared.add_span_processor(processor)
    return collected


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "strict", False)


@pytest.fixture
def run_python(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(source: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        # Python 3.12 warns of a fork beside threads, which is what the tests that fork are about.
        warnings = ("-W", "error::ResourceWarning", "-W", "ignore:This process:DeprecationWarning")
        return subprocess.run(
            [sys.executable, *warnings, "-c", source, *arguments],
            env={**os.environ, **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.fixture
def echo() -> Iterator[EchoServer]:
    with EchoServer() as server:
        yield server


@pytest.fixture
def otlp_http() -> Iterator[HttpSink]:
    with HttpSink() as sink:
        yield sink


@pytest.fixture
def otlp_grpc() -> Iterator[GrpcSink]:
    with GrpcSink() as sink:
        yield sink
