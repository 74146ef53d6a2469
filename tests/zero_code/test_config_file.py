"""``OTEL_CONFIG_FILE``: our options, exporters and propagator in OpenTelemetry's own file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from otel_helisession.demo.server import ScriptedLLM
from tests.zero_code.conftest import Completed, Start, Stored

pytest.importorskip("opentelemetry.configuration")

Configured = Callable[..., Completed]


@pytest.fixture
def configured(instrument: Start, tmp_path: Path, agent: str) -> Configured:
    """Run the agent with a configuration file of these sections."""

    def configured(*sections: str, **environment: str) -> Completed:
        file = tmp_path / "otel.yaml"
        file.write_text("\n".join(('file_format: "1.0"', *sections)))
        return instrument("python", agent, OTEL_CONFIG_FILE=str(file), **environment)

    return configured


def said_beside_upstream(done: Completed) -> str:
    """Return the errors that a program wrote, but for the line that each one with a file gets."""
    theirs, _, ours = done.stderr.partition("\n")
    assert "ignoring configurator kwargs" in theirs
    return ours


OURS = "instrumentation/development: {{python: {{helisession: {}}}}}"


def test_our_options_are_those_of_the_instrumentor(
    configured: Configured, llm: ScriptedLLM, stored: Stored, tmp_path: Path
) -> None:
    """Exporters, store and hosts come from the file, once, and beat the environment."""
    options = '{exporters: [local], store: "mine.db", allow_hosts: ["127.0.0.1"]}'
    done = configured(OURS.format(options), HELISESSION_EXPORTERS="none", HELISESSION_STORE="no.db")
    assert (done.returncode, said_beside_upstream(done)) == (0, "")
    assert stored() == {}
    assert (tmp_path / "mine.db").exists()
    assert not (tmp_path / "no.db").exists()
    assert [one.headers["helicone-session-name"] for one in llm.requests] == ["Weather"] * 2


def test_the_embedded_store_is_an_exporter_like_any_other(
    configured: Configured, stored: Stored
) -> None:
    """In a pipeline of the file's it stores final paths; the instrumentor stamps by itself."""
    done = configured(
        "tracer_provider: {processors: [{batch: {exporter: {helisession_local: {}}}}]}"
    )
    assert (done.returncode, said_beside_upstream(done)) == (0, "")
    assert [line.split("  ")[0] for line in stored()["Weather"]] == [
        "/weather/look up",
        "/weather/look up",
        "/weather",
    ]


def test_the_exporter_takes_its_options(configured: Configured, tmp_path: Path) -> None:
    """``path`` is LocalSpanExporter's."""
    exporter = '{helisession_local: {path: "there.db"}}'
    done = configured(f"tracer_provider: {{processors: [{{simple: {{exporter: {exporter}}}}}]}}")
    assert (done.returncode, said_beside_upstream(done)) == (0, "")
    assert (tmp_path / "there.db").exists()


def test_the_propagator_takes_its_options(configured: Configured, stored: Stored) -> None:
    """It loads with ``allow_hosts`` and ``trust_inbound``."""
    ours = '{helisession: {allow_hosts: ["*.example.com"], trust_inbound: true}}'
    done = configured(f"propagator: {{composite: [{{tracecontext: {{}}}}, {ours}]}}")
    assert (done.returncode, said_beside_upstream(done)) == (0, "")


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (OURS.format("{exporter: [local]}"), "sessions are off: the instrumentor helisession has"),
        (OURS.format("{exporters: local}"), "sessions are off: exporters takes a list"),
        (OURS.format("{exporters: 5}"), "sessions are off: exporters takes a list"),
        (OURS.format('{allow_hosts: "a.example.com"}'), "sessions are off: allow_hosts is the"),
        (OURS.format("{default_session: span}"), "sessions are off: default_session is 'span'"),
        (
            "tracer_provider: {processors: [{batch: {exporter: {helisession_local: {a: 1}}}}]}",
            "the traces exporter 'helisession_local' is off: ",
        ),
        (
            "propagator: {composite: [{tracecontext: {}}, {helisession: {allow_hosts: [a/b]}}]}",
            "the propagator 'helisession' is off: allow_hosts has 'a/b'",
        ),
    ],
    ids=lambda value: value[-45:],
)
def test_a_wrong_option_harms_nobody_else(
    configured: Configured, llm: ScriptedLLM, section: str, said: str
) -> None:
    """One line says what is wrong, and the program runs."""
    done = configured(section)
    assert done.returncode == 0
    found = said_beside_upstream(done)
    assert found.startswith(said), found
    assert found.count("\n") == 1
    assert len(llm.requests) == 2
