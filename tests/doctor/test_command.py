"""`helisession doctor`: the environment that configure() and the zero-code ways would find."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from otel_helisession.cli import main
from otel_helisession.diagnosis import installation
from otel_helisession.diagnosis.checkup import check_up
from tests.recorded import Recorder, store
from tests.servers.otlp import HttpSink


def test_an_environment_that_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0, and what is there."""
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("- Python 3.")
    assert "configure() would send spans to: local." in out
    assert out.endswith("\nNo findings.\n")


def test_as_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for programs; exit code 1 with findings."""
    monkeypatch.setenv("HELISESSION_ALOW_HOSTS", "api.example.com")
    assert main(["doctor", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert sorted(document) == ["facts", "findings"]
    assert document["findings"] == [
        "HELISESSION_ALOW_HOSTS is set, and nothing reads a variable of that name. Did you mean "
        "HELISESSION_ALLOW_HOSTS?"
    ]


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("HELISESSION_TRUST_INBOUND", "ja", "HELISESSION_TRUST_INBOUND is 'ja'; set it to"),
        ("HELISESSION_DISABLED", "maybe", "HELISESSION_DISABLED is 'maybe'; set it to 'true'"),
        ("HELISESSION_DEFAULT_SESSION", "span", "HELISESSION_DEFAULT_SESSION is 'span'; accep"),
        ("HELISESSION_ALLOW_HOSTS", "https://a.b", "HELISESSION_ALLOW_HOSTS: allow_hosts has "),
        ("HELISESSION_EXPORTERS", "otpl", "HELISESSION_EXPORTERS has 'otpl'; accepted: otlp,"),
        ("HELICONE_API_KEY", "secret", "configure() would fail: the Helicone API key given (6"),
        ("OTEL_BSP_SCHEDULE_DELAY", "soon", "OTEL_BSP_SCHEDULE_DELAY is 'soon'; set it to a"),
        ("OTEL_PROPAGATORS", "b2", "OTEL_PROPAGATORS names 'b2', which no installed package "),
        ("OTEL_TRACES_EXPORTER", "otpl", "OTEL_TRACES_EXPORTER names 'otpl', which no inst"),
        ("OTEL_TRACES_SAMPLER", "often", "OTEL_TRACES_SAMPLER names 'often', which no inst"),
        ("OTEL_TRACES_SAMPLER", "always_off", "OTEL_TRACES_SAMPLER is always_off, so no span"),
        ("OTEL_CONFIG_FILE", "no.yaml", "OTEL_CONFIG_FILE is 'no.yaml', and there is no such"),
        ("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS", "helisession", "OTEL_PYTHON_DISABLED_INSTR"),
        ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "yes", "OTEL_INSTRUMENTATION_GE"),
    ],
)
def test_a_variable_that_is_wrong(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, finding: str
) -> None:
    """One finding, which names it, and never shows a key."""
    monkeypatch.setenv(name, value)
    diagnosis = check_up()
    assert [text[: len(finding)] for text in diagnosis.findings] == [finding]
    assert "secret" not in str(diagnosis)


def test_several_wrong_variables_are_all_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one after the other."""
    monkeypatch.setenv("HELISESSION_TRUST_INBOUND", "ja")
    monkeypatch.setenv("HELISESSION_EXPORTERS", "otpl")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "often")
    assert len(check_up().findings) == 3


def test_an_unknown_propagator_does_not_stop_the_doctor(
    run_python: Callable[..., CompletedProcess[str]],
) -> None:
    """Importing opentelemetry.propagate raises then, in every program."""
    source = "import sys; from otel_helisession.cli import main; sys.exit(main(['doctor']))"
    done = run_python(source, OTEL_PROPAGATORS="tracecontext,b2")
    assert (done.returncode, done.stderr) == (1, "")
    assert "1. OTEL_PROPAGATORS names 'b2', which no installed package provides" in done.stdout


def test_switched_off_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may have forgotten it."""
    monkeypatch.setenv("HELISESSION_DISABLED", "true")
    (finding,) = check_up().findings
    assert finding.startswith("Sessions are switched off")


def test_an_endpoint_that_answers(monkeypatch: pytest.MonkeyPatch, otlp_http: HttpSink) -> None:
    """It is connected to, and sent nothing."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", otlp_http.http.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    diagnosis = check_up()
    assert diagnosis.findings == ()
    where = f"127.0.0.1:{otlp_http.http.port}"
    assert f"The OTLP endpoint {where} (http/protobuf) takes connections." in diagnosis.facts
    assert otlp_http.http.requests == []


def test_an_endpoint_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans would be lost there."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    assert check_up().findings == (
        "Nothing answers at the OTLP endpoint 127.0.0.1:9 (Connection refused), so spans would "
        "be lost. Start the collector, or correct OTEL_EXPORTER_OTLP_ENDPOINT.",
    )


ODD = {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json", "HELISESSION_EXPORTERS": "none"}


@pytest.mark.parametrize(
    ("port", "variables", "finding"),
    [
        (4318, {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, ("4318", "PROTOCOL=http/protobuf", 4317)),
        (4318, {"OTEL_TRACES_EXPORTER": "otlp"}, ("4318", "PROTOCOL=http/protobuf", 4317)),
        (
            *(4317, {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"}),
            ("4317", "TRACES_PROTOCOL=grpc", 4318),
        ),
        (4317, {"OTEL_TRACES_EXPORTER": "otlp", **ODD}, None),
        (4318, {}, None),
        (4317, {}, None),
    ],
    ids=["grpc", "sdk's default", "http", "unknown", "4318 alone", "4317 alone"],
)
def test_the_port_of_the_other_protocol(
    monkeypatch: pytest.MonkeyPatch,
    port: int,
    variables: dict[str, str],
    finding: tuple[str, str, int] | None,
) -> None:
    """configure() goes by the port where no protocol is set; the SDK takes gRPC then."""
    monkeypatch.setattr(socket, "create_connection", lambda *where: socket.socket())
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://localhost:{port}")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    findings = check_up().findings
    assert len(findings) == (finding is not None)
    if finding is not None:
        assert findings[0].startswith(f"The OTLP endpoint has port {finding[0]}, and spans would ")
        remedy = f" Set OTEL_EXPORTER_OTLP_{finding[1]}, or use port {finding[2]}."
        assert findings[0].endswith(remedy)


def test_an_endpoint_that_is_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor does not stumble over what it shall find."""
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://")
    monkeypatch.setenv("HELISESSION_EXPORTERS", "none")
    assert check_up().findings == (
        "The OTLP endpoint 'http://' is no URL, such as http://localhost:4318.",
    )


def test_the_store_is_described(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By --store too; one that is damaged is a finding."""
    recorder = Recorder()
    recorder.span("plan", path="/trip", times=(0, 900))
    store(recorder.take())
    assert main(["doctor"]) == 0
    assert " has 1 session in " in " ".join(capsys.readouterr().out.split())
    broken = tmp_path / "broken.db"
    broken.write_text("no database, but long enough to be told from an empty one")
    assert main(["doctor", "--store", str(broken)]) == 1
    assert "1. The store cannot be used: " in capsys.readouterr().out


def test_a_store_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the path leads through a file."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("HELISESSION_STORE", str(tmp_path / "file" / "sessions.db"))
    place = tmp_path / "file"
    assert check_up().findings == (
        f"The store cannot be used: {place}/sessions.db cannot be opened (Not a directory); set "
        "HELISESSION_STORE to a file in a directory that you can write to.",
    )


def test_a_directory_that_only_seems_to_take_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write everywhere, and yet /proc takes nothing."""
    monkeypatch.setenv("HELISESSION_STORE", "/proc/sessions.db")
    assert check_up().findings == (
        "The store cannot be used: /proc/sessions.db cannot be opened (/proc takes no new files); "
        "set HELISESSION_STORE to a file in a directory that you can write to.",
    )


def test_looking_for_a_store_makes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor anything else in its directory."""
    monkeypatch.setenv("HELISESSION_STORE", str(tmp_path / "new" / "sessions.db"))
    assert check_up().findings == ()
    assert list(tmp_path.iterdir()) == []


def test_versions_that_do_not_belong_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip makes such pairs when an instrumentation pins an older one."""
    versions = {"opentelemetry-api": "1.45.1", "opentelemetry-sdk": "1.45.2"}
    monkeypatch.setattr(installation, "_version", versions.get)
    _, findings = installation.describe()
    assert findings == [
        "opentelemetry-api is 1.45.1 and opentelemetry-sdk 1.45.2, which are released to be used "
        "in the same version. Run: pip install opentelemetry-api==1.45.2"
    ]


def test_two_instrumentations_of_one_library_are_told() -> None:
    """Each call has two spans then, and people wonder."""
    found = {
        "opentelemetry-instrumentation-genai-openai 1.3b0": "openai",
        "openinference-instrumentation-openai 0.1": "openai",
        "opentelemetry-instrumentation-httpx 0.66b2": "httpx",
    }
    assert installation.doubled(found) == [
        "openai has 2 instrumentations (openinference-instrumentation-openai 0.1, "
        "opentelemetry-instrumentation-genai-openai 1.3b0): each call has a span of each that is "
        "switched on."
    ]
