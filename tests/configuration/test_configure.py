"""configure(): where spans go, what is refused, and what the handle says."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import httpx2
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_helisession import configure, environment, session
from tests.servers.echo import EchoServer
from tests.servers.otlp import GrpcSink, HttpSink

FAKE_KEY = "sk-helicone-0000000-0000000-0000000-0000000"


def _span(provider: TracerProvider) -> None:
    with session("Trip", id="t-1"):
        provider.get_tracer("tests").start_span("work").end()


def test_without_a_destination_spans_go_to_the_store(
    provider: TracerProvider, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And one INFO line says where that is."""
    store = tmp_path / "here.db"
    with (
        caplog.at_level(logging.INFO),
        configure(store=str(store), tracer_provider=provider) as handle,
    ):
        _span(provider)
        assert handle.flush() is True
    lines = [r.getMessage() for r in caplog.records if "spans of sessions go to" in r.getMessage()]
    assert lines == [f"spans of sessions go to the embedded store at {store} (see: helisession ls)"]
    assert store.stat().st_size > 0


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ["the embedded store"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, ["OTLP over grpc"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, ["OTLP over http/protobuf"]),
        ({"HELICONE_API_KEY": FAKE_KEY}, ["Helicone"]),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "HELICONE_API_KEY": FAKE_KEY},
            ["OTLP over grpc", "Helicone"],
        ),
        (
            {"HELISESSION_EXPORTERS": "local, helicone", "HELICONE_API_KEY": FAKE_KEY},
            ["the embedded store", "Helicone"],
        ),
        ({"HELISESSION_EXPORTERS": "none", "HELICONE_API_KEY": FAKE_KEY}, []),
    ],
)
def test_the_environment_chooses(
    provider: TracerProvider,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    expected: list[str],
) -> None:
    """An endpoint, a key, neither, both, or HELISESSION_EXPORTERS."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    handle = configure(tracer_provider=provider, httpx=False)
    assert [one.split(" at ")[0] for one in handle.destinations] == expected
    handle.shutdown(0)


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_otlp_arrives(
    provider: TracerProvider,
    monkeypatch: pytest.MonkeyPatch,
    otlp_http: HttpSink,
    otlp_grpc: GrpcSink,
    protocol: str,
) -> None:
    """Over both protocols, by the standard variables."""
    sink: Any = otlp_grpc if protocol == "grpc" else otlp_http
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", protocol)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", sink.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_INSECURE", "true")
    with configure(tracer_provider=provider, httpx=False) as handle:
        _span(provider)
        assert handle.flush() is True
    assert [span.name for span in sink.spans()] == ["work"]


def test_an_argument_beats_the_environment(
    provider: TracerProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exporter object counts as well as a name."""
    monkeypatch.setenv("HELISESSION_EXPORTERS", "local")
    memory = InMemorySpanExporter()
    with configure(exporters=[memory], tracer_provider=provider, httpx=False) as handle:
        _span(provider)
        assert handle.flush() is True
        assert [span.name for span in memory.get_finished_spans()] == ["work"]
        assert handle.destinations == ("InMemorySpanExporter",)


@pytest.mark.parametrize(
    ("arguments", "variables", "error", "words"),
    [
        ({"exporters": ["otpl"]}, {}, ValueError, ["'otpl'", "otlp, session_trace, helicone,"]),
        ({"exporters": "otlp"}, {}, TypeError, ["['otlp']"]),
        ({"exporters": ["none", "local"]}, {}, ValueError, ["'none'", "alone"]),
        (
            {},
            {"HELISESSION_EXPORTERS": "jaeger"},
            ValueError,
            ["HELISESSION_EXPORTERS", "'jaeger'"],
        ),
        ({}, {"HELISESSION_DISABLED": "maybe"}, ValueError, ["HELISESSION_DISABLED", "'maybe'"]),
        ({"default_session": "span"}, {}, ValueError, ["'span'", "'trace'"]),
        (
            {},
            {"HELISESSION_DEFAULT_SESSION": "x"},
            ValueError,
            ["HELISESSION_DEFAULT_SESSION", "'x'"],
        ),
        (
            {},
            {"OTEL_BSP_SCHEDULE_DELAY": "soon"},
            ValueError,
            ["OTEL_BSP_SCHEDULE_DELAY", "'soon'"],
        ),
        ({"allow_hosts": ["https://a.example"]}, {}, ValueError, ["https://a.example", "scheme"]),
        ({}, {"HELISESSION_ALLOW_HOSTS": "a.example:80"}, ValueError, ["a.example:80", "port"]),
        (
            {"exporters": ["helicone"], "helicone_api_key": "secret-thing"},
            {},
            ValueError,
            ["sk-helicone-"],
        ),
        (
            {"exporters": ["otlp"]},
            {"OTEL_EXPORTER_OTLP_PROTOCOL": "thrift"},
            ValueError,
            ["'thrift'", "grpc"],
        ),
    ],
)
def test_bad_configuration_is_refused(
    provider: TracerProvider,
    monkeypatch: pytest.MonkeyPatch,
    arguments: dict[str, Any],
    variables: dict[str, str],
    error: type[Exception],
    words: list[str],
) -> None:
    """At start, saying what was given and what is accepted, and never a secret."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(error) as caught:
        configure(tracer_provider=provider, **arguments)
    assert [word for word in words if word not in str(caught.value)] == []
    assert "secret-thing" not in str(caught.value)


def test_a_provider_that_is_not_the_sdks_is_refused() -> None:
    """It takes no processors; the sentence says what does."""
    with pytest.raises(TypeError, match="NoOpTracerProvider, which takes no span processors"):
        configure(tracer_provider=trace.NoOpTracerProvider(), exporters=["none"])  # type: ignore[arg-type]


def test_http_spans_are_of_httpx2_too(provider: TracerProvider, echo: EchoServer) -> None:
    """With http_spans=True a request has an HTTP span, in the session, and traceparent."""
    instrumentation = pytest.importorskip("opentelemetry.instrumentation.httpx")
    if not hasattr(instrumentation, "HTTPX2ClientInstrumentor"):
        pytest.skip("this release of the httpx instrumentation does not know httpx2")
    memory = InMemorySpanExporter()
    with configure(exporters=[memory], tracer_provider=provider, http_spans=True) as handle:
        with session("Trip", id="t-1"), httpx2.Client(trust_env=False) as client:
            client.get(echo.url)
        handle.flush()
        spans = [(s.name, s.attributes["helicone.session.id"]) for s in memory.get_finished_spans()]
    instrumentation.HTTPXClientInstrumentor().uninstrument()
    instrumentation.HTTPX2ClientInstrumentor().uninstrument()
    assert spans == [("GET", "t-1")]
    assert "traceparent" in echo.requests[0].headers


class _Refusing(SpanExporter):
    def export(self, spans: Any) -> SpanExportResult:
        return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        pass


def test_the_handle_tells_the_truth(provider: TracerProvider) -> None:
    """What a destination does not take is no success, at each flush and at the end."""
    handle = configure(exporters=[_Refusing()], tracer_provider=provider, httpx=False)
    _span(provider)
    assert (handle.flush(), handle.flush(), handle.shutdown()) == (False, False, False)


@pytest.mark.parametrize("name", ["HELISESSION_DISABLED", "OTEL_SDK_DISABLED"])
def test_the_off_switch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """No spans, no headers, no files; the program runs as before."""
    monkeypatch.setenv(name, "true")
    environment.disabled.cache_clear()
    handle = configure(store=str(tmp_path / "off.db"))
    with session("Trip") as current:
        assert current.name == "Trip"
    assert (handle.flush(), handle.shutdown(), handle.provider) == (True, True, None)
    assert not (tmp_path / "off.db").exists()


def test_it_makes_the_global_provider(run_python, tmp_path: Path) -> None:
    """When none is set; a tracer that was got before works from then on."""
    done = run_python(
        "import json\n"
        "from opentelemetry import trace\n"
        "early = trace.get_tracer('early')\n"
        "from otel_helisession import configure, session, step\n"
        "handle = configure(service_name='agent')\n"
        "with session('Trip', id='t-1'), step('research'):\n"
        "    early.start_span('early').end()\n"
        "assert handle.provider is trace.get_tracer_provider()\n"
        "print(json.dumps([handle.flush(), handle.provider.resource.attributes['service.name']]))\n"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [True, "agent"]
