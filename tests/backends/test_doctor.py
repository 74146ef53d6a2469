"""`helisession doctor otlp`: a probe through a real Collector to a real Jaeger and Tempo."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from otel_helisession.cli import main
from tests.backends.collector import Collector
from tests.backends.jaeger import Jaeger
from tests.backends.tempo import Tempo


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code, and what it printed in one line."""
    code = main(["doctor", "otlp", *arguments])
    return code, " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_a_session_arrives_in_jaeger(
    protocol: str, jaeger: Jaeger, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each span once, with every attribute, by both protocols."""
    endpoint = jaeger.otlp_http if protocol == "http/protobuf" else f"http://{jaeger.otlp}"
    where = ("--endpoint", endpoint, "--protocol", protocol, "--from", "jaeger", jaeger.url)
    code, said = run(capsys, *where)
    assert (code, "4 spans, each once, with every attribute" in said) == (0, True), said


def test_a_session_arrives_in_tempo_through_a_collector(
    collector: Callable[..., Collector],
    jaeger: Jaeger,
    tempo: Tempo,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """local.yaml sends to both; each is asked."""
    hop = collector("local", JAEGER_OTLP=jaeger.otlp, TEMPO_OTLP=tempo.otlp)
    for name, url in (("tempo", tempo.url), ("jaeger", jaeger.url)):
        code, said = run(capsys, "--endpoint", hop.grpc, "--protocol", "grpc", "--from", name, url)
        assert (code, "4 spans, each once" in said) == (0, True), said


def test_a_collector_that_sends_elsewhere(
    collector: Callable[..., Collector],
    jaeger: Jaeger,
    tempo: Tempo,
    sink_address: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The endpoint accepts, and the backend that is asked shows nothing."""
    hop = collector("local", JAEGER_OTLP=jaeger.otlp, TEMPO_OTLP=sink_address)
    where = ("--endpoint", hop.grpc, "--protocol", "grpc", "--from", "tempo", tempo.url)
    code, said = run(capsys, *where, "--wait", "3")
    assert (code, "ok answer" in said) == (1, True)
    assert "shows nothing of the session after 3 s" in said
    assert "look at what it sends to" in said


def test_a_collector_that_redacts(
    collector: Callable[..., Collector],
    jaeger: Jaeger,
    sink_address: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An attribute that is taken away on the way is named."""
    drop = """'delete_key(span.attributes, "user.id")'"""
    takes = f"yaml:processors::transform/less::trace_statements: [{drop}]"
    uses = "yaml:service::pipelines::traces::processors: [transform/less]"
    hop = collector("local", takes, uses, JAEGER_OTLP=jaeger.otlp, TEMPO_OTLP=sink_address)
    where = ("--endpoint", hop.grpc, "--protocol", "grpc", "--from", "jaeger", jaeger.url)
    code, said = run(capsys, *where)
    assert (code, "not as they were sent: user.id is gone." in said) == (1, True), said
