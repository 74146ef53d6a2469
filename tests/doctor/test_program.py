"""`helisession doctor run`: a real program, diagnosed from its first line to its last."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.servers.echo import EchoServer

BESIDE = os.path.dirname(sys.executable)
HELISESSION = os.path.join(BESIDE, "helisession")


@pytest.fixture
def doctor(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """``doctor(source, *before, **environment)`` runs ``doctor run --json -- *before python``."""

    def run(source: str, *before: str, **variables: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "app.py").write_text(source)
        return subprocess.run(
            [HELISESSION, "doctor", "run", "--json", "--", *before, "python", "app.py"],
            env={**os.environ, "PATH": f"{BESIDE}:{os.environ['PATH']}", **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the JSON that follows what the program itself prints."""
    found: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{\n") :])
    return found


PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
import httpx
from opentelemetry import trace
from otel_helisession import configure, session, step

tracer = trace.get_tracer("shop")
with configure(exporters=["none"]), httpx.Client(trust_env=False) as client:
    with session("Trip"), step("pack"), ThreadPoolExecutor(1, "packers") as pool:
        client.get(sys.argv[1] if sys.argv[1:] else "URL")
        pool.submit(lambda: tracer.start_span("lost").end()).result()
    tracer.start_span("lonely").end()
print("done")
"""


def test_a_program_with_two_faults(doctor: Any, echo: EchoServer) -> None:
    """Each is found, with its cause and its remedy; the program's output is its own."""
    done = doctor(PROGRAM.replace("URL", echo.url))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("done\n{\n")
    found = document(done)
    assert found["exit_code"] == 0
    assert found["facts"] == [
        "The global TracerProvider is opentelemetry.sdk.trace.TracerProvider with the processors "
        "SessionSpanProcessor.",
        "httpx sends session headers to Helicone's hosts only, or did so until that was undone.",
        "The global propagator sends Helicone's session headers to allowed hosts, or did so until "
        "that was undone.",
        "3 spans ended, 1 with a session: otel_helisession (1).",
        "1 request to 127.0.0.1 carried no session headers: the host is not allowed. That is "
        "right for a provider; if it is a gateway that shall know the session, add it: "
        "allow_hosts=['127.0.0.1'], or HELISESSION_ALLOW_HOSTS=127.0.0.1.",
    ]
    assert [finding.split(". ")[0] for finding in found["findings"]] == [
        "1 span of scope shop had no session: it started in the thread packers_0, whose Context "
        "was empty, while spans of a session were open elsewhere",
        "1 span of scope shop had no session: it started outside session()",
    ]


HEALTHY = """
from opentelemetry import trace
from otel_helisession import session
with session("Trip"):
    trace.get_tracer("shop").start_span("sock").end()
"""


def test_a_healthy_program(doctor: Any) -> None:
    """Exit code 0."""
    done = doctor("from otel_helisession import configure\nconfigure(exporters=['none'])" + HEALTHY)
    assert (done.returncode, document(done)["findings"], done.stderr) == (0, [], "")


@pytest.mark.parametrize(
    "before",
    [
        ("opentelemetry-instrument", "--traces_exporter", "none"),
        ("helisession", "run", "--exporters", "none", "--"),
    ],
    ids=lambda before: before[0],
)
def test_a_zero_code_program(doctor: Any, before: tuple[str, ...]) -> None:
    """The auto-instrumentation's own sitecustomize hides ours; an entry point finds it."""
    pytest.importorskip("opentelemetry.distro", reason="needs the extra 'run'")
    none = {"OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}
    done = doctor(HEALTHY, *before, **none)
    found = document(done)
    assert (done.returncode, found["findings"]) == (0, [])
    assert "1 span ended, 1 with a session: shop (1)." in found["facts"]


def test_a_provider_that_nobody_stamps(doctor: Any) -> None:
    """Its class and its processors are named."""
    found = document(
        doctor(
            """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

class Theirs(TracerProvider):
    pass

provider = Theirs()
provider.add_span_processor(SimpleSpanProcessor(InMemorySpanExporter()))
trace.set_tracer_provider(provider)
"""
            + HEALTHY
        )
    )
    assert found["facts"][0] == (
        "The global TracerProvider is __main__.Theirs with the processors SimpleSpanProcessor."
    )
    (finding,) = found["findings"]
    assert "its provider, __main__.Theirs, has no SessionSpanProcessor" in finding


def test_variables_that_the_program_sets_itself_still_count(doctor: Any) -> None:
    """Nothing of OpenTelemetry is imported before the program's first line."""
    found = document(
        doctor(
            """
import os, sys
assert not [name for name in sys.modules if name.startswith("opentelemetry")]
os.environ["OTEL_PROPAGATORS"] = "tracecontext,helisession"
from otel_helisession import configure
configure(exporters=["none"], httpx=False)
"""
            + HEALTHY
        )
    )
    assert (
        "The global propagator sends Helicone's session headers to allowed hosts."
        in (found["facts"])
    )
    assert found["exit_code"] == 0


def test_the_user_s_sitecustomize_is_still_run(doctor: Any, tmp_path: Path) -> None:
    """Only one is loaded by Python; ours loads the next."""
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "sitecustomize.py").write_text("import builtins; builtins.theirs = 1")
    done = doctor("print('theirs is', theirs)", PYTHONPATH=str(tmp_path / "place"))
    assert done.stdout.startswith("theirs is 1\n")


def test_a_program_without_telemetry(doctor: Any) -> None:
    """It leaves no report, and the doctor says what that may mean."""
    done = doctor("import sys; sys.exit(3)")
    (finding,) = document(done)["findings"]
    assert finding.startswith("The program left no report. It ended with exit code 3. Either it ")
    assert done.returncode == 1


def test_a_program_without_a_provider(doctor: Any) -> None:
    """It uses OpenTelemetry, and nobody has set it up."""
    (finding,) = document(doctor(HEALTHY))["findings"]
    assert finding.startswith("No global TracerProvider is set, so spans are not recorded.")


def test_a_program_that_fails_is_not_healthy(doctor: Any) -> None:
    """What it did not come to do could not be seen."""
    start = "from otel_helisession import configure\nconfigure(exporters=['none'])"
    done = doctor(start + HEALTHY + "raise SystemExit(7)")
    assert document(done)["findings"] == [
        "The program ended with exit code 7; what it did not do is not seen."
    ]


def test_two_processes_report_apart(doctor: Any) -> None:
    """Each under its own number; a helper without telemetry says nothing."""
    found = document(
        doctor(
            """
import subprocess, sys
child = '''
from otel_helisession import configure
configure(exporters=["none"])
''' + '''HEALTHY'''
for source in (child, child, "print('helper')"):
    subprocess.run([sys.executable, "-c", source], check=True)
""".replace("HEALTHY", HEALTHY)
        )
    )
    assert found["findings"] == []
    assert found["facts"][0] == "2 processes reported."
    assert len({fact.split(":")[0] for fact in found["facts"][1:]}) == 2


def test_a_command_that_does_not_exist(tmp_path: Path) -> None:
    """Exit code 2, as for all wrong usage."""
    done = subprocess.run(
        [HELISESSION, "doctor", "run", "no-such-program"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "no-such-program" in done.stderr
