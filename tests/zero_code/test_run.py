"""``helisession run``: a program whose sessions are kept, without changing it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import venv
from pathlib import Path

import pytest

from otel_helisession.cli import program
from otel_helisession.cli.problem import Unusable
from otel_helisession.demo.server import ScriptedLLM
from otel_helisession.extras import installing
from tests.servers.otlp import HttpSink
from tests.zero_code.conftest import BIN, Start, Stored, variables

FORECAST = "Mild and mostly dry in Lisbon; a light jacket is enough.\n"
UNSET = {"OTEL_TRACES_EXPORTER": "", "OTEL_METRICS_EXPORTER": "", "OTEL_LOGS_EXPORTER": ""}


def test_a_program_that_knows_nothing_of_it_gets_a_session(
    start: Start, plain_agent: str, stored: Stored
) -> None:
    """Each trace is a session, named by its root; what to type comes after the program's end."""
    done = start("helisession", "run", "--", "python", plain_agent, **UNSET)
    assert (done.returncode, done.stdout) == (0, FORECAST)
    assert stored() == {"chat gpt-5.4-mini": ["/  chat gpt-5.4-mini"]}
    said, _, shown = done.stderr.partition("; see it: ")
    assert said == "helisession: one session, 'chat gpt-5.4-mini' with 1 request"
    again = start(*shown.split())
    assert "gpt-5.4-mini" in again.stdout


def test_the_programs_own_sessions_are_kept(start: Start, agent: str, stored: Stored) -> None:
    """session() and step() name and place what they enclose; hosts can be allowed."""
    done = start("helisession", "run", "--", "python", agent)
    assert done.returncode == 0
    assert list(stored()) == ["Weather"]
    assert "'Weather' with 2 requests" in done.stderr


def test_calls_that_no_instrumentation_covers_are_kept_too(
    start: Start, plain_agent: str, stored: Stored
) -> None:
    """Without the SDK's instrumentation the call over httpx gets a span of ours."""
    done = start("helisession", "run", "--", "python", plain_agent, on="helisession")
    assert done.returncode == 0
    assert stored() == {"chat gpt-5.4-mini": ["/  chat gpt-5.4-mini"]}


def test_options_beat_the_environment(
    start: Start, agent: str, llm: ScriptedLLM, tmp_path: Path
) -> None:
    """--store, --exporters, --allow-host; and the commands that are named repeat --store."""
    options = ["--store", "mine.db", "--exporters", "local", "--allow-host", "127.0.0.1"]
    done = start(
        *("helisession", "run", *options, "--", "python", agent),
        HELISESSION_EXPORTERS="none",
        HELISESSION_ALLOW_HOSTS="a.example.com",
    )
    assert done.returncode == 0
    assert done.stderr.endswith(" --store mine.db\n")
    assert (tmp_path / "mine.db").exists()
    assert [one.headers["helicone-session-name"] for one in llm.requests] == ["Weather"] * 2


@pytest.mark.parametrize("form", ["script", "module", "code", "no python"])
def test_every_form_of_program_runs(
    start: Start, plain_agent: str, tmp_path: Path, stored: Stored, form: str
) -> None:
    """Its arguments are its own, options and all, and its exit code is the command's."""
    code = (tmp_path / plain_agent).read_text()
    executable = tmp_path / "agent"
    executable.write_text(f"#!{BIN / 'python'}\n{code}")
    executable.chmod(0o755)
    command = {
        "script": ["--", "python", plain_agent, "7"],
        "module": ["python", "-m", "plain_agent", "7", "--store", "theirs"],
        "code": ["python", "-c", code, "7"],
        "no python": ["--", str(executable), "7"],
    }[form]
    done = start("helisession", "run", *command)
    assert (done.returncode, done.stdout) == (7, FORECAST)
    assert list(stored()) == ["chat gpt-5.4-mini"]


def test_this_environments_python_comes_first(start: Start, plain_agent: str) -> None:
    """Also when the environment is not activated."""
    done = start("helisession", "run", "python", plain_agent, PATH="/usr/bin:/bin")
    assert (done.returncode, done.stdout) == (0, FORECAST)


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        ([], {"HELISESSION_ALLOW_HOSTS": "https://a"}, "HELISESSION_ALLOW_HOSTS has 'https://a'"),
        ([], {"HELISESSION_TRUST_INBOUND": "perhaps"}, "HELISESSION_TRUST_INBOUND is 'perhaps'"),
        ([], {"HELISESSION_DEFAULT_SESSION": "all"}, "HELISESSION_DEFAULT_SESSION is 'all'"),
        (["--exporters", "lokal"], {}, "--exporters has 'lokal'"),
        (["--exporters", "helicone"], {}, "HELICONE_API_KEY"),
        (["--allow-host", "a:80"], {}, "--allow-host has 'a:80'"),
        (["--store", "plain_agent.py"], {}, "plain_agent.py"),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_a_wrong_setting_ends_it_before_the_program_starts(
    start: Start,
    plain_agent: str,
    llm: ScriptedLLM,
    arguments: list[str],
    environment: dict[str, str],
    said: str,
) -> None:
    """Exit code 2, and a sentence."""
    done = start("helisession", "run", *arguments, "python", plain_agent, **environment)
    assert (done.returncode, done.stdout, llm.requests) == (2, "", [])
    assert done.stderr.startswith("Error: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["no-such-program"], "there is no program 'no-such-program'"),
        (["plain_agent.py"], "try: helisession run -- python plain_agent.py"),
        ([], "Missing argument 'COMMAND...'"),
    ],
)
def test_what_is_no_program_is_said_so(
    start: Start, plain_agent: str, command: list[str], said: str
) -> None:
    """Exit code 2, and what to type instead."""
    done = start("helisession", "run", *command)
    assert done.returncode == 2
    assert said in done.stderr


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setattr(program, "find_spec", lambda name: None)
    with pytest.raises(Unusable, match=r'pip install "otel-helisession\[run\]"'):
        program.instrument()


def test_an_off_switch_leaves_the_program_alone(
    start: Start, plain_agent: str, stored: Stored
) -> None:
    """It runs as it is, and that is said."""
    done = start("helisession", "run", "python", plain_agent, "3", HELISESSION_DISABLED="true")
    assert (done.returncode, done.stdout) == (3, FORECAST)
    assert done.stderr == "helisession: switched off by the environment; the program runs alone\n"
    assert stored() == {}


def test_a_program_without_a_session_is_said_so(start: Start) -> None:
    """And what to ask next."""
    done = start("helisession", "run", "python", "-c", "pass")
    assert done.returncode == 0
    assert "no session was stored" in done.stderr
    assert "helisession doctor" in done.stderr


def test_another_python_without_this_package_is_named(start: Start, tmp_path: Path) -> None:
    """Instead of looking for the reason in the program."""
    venv.create(tmp_path / "other", symlinks=True)
    other = str(tmp_path / "other" / "bin" / "python")
    done = start("helisession", "run", "--", other, "-c", "pass")
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == (
        f"helisession: no session was stored: that Python ({other}) has no otel-helisession; "
        f"install it there: {installing('run', f'{other} -m pip')}"
    )


def test_with_an_otlp_endpoint_spans_go_there(
    start: Start, agent: str, stored: Stored, otlp_http: HttpSink
) -> None:
    """As configure() does; once, although OTEL_TRACES_EXPORTER may say the same."""
    for exporter in ("", "otlp"):
        done = start(
            *("helisession", "run", "python", agent),
            OTEL_TRACES_EXPORTER=exporter,
            OTEL_EXPORTER_OTLP_ENDPOINT=otlp_http.http.url,
            OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf",
        )
        assert (done.returncode, done.stderr) == (0, "")
    assert sorted(span.name for span in otlp_http.spans()) == sorted(
        2 * ["look up", "chat gpt-5.4-mini", "chat gpt-5.4-mini"]
    )
    assert stored() == {}


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "INT"]
)
def test_signals_are_the_programs(llm: ScriptedLLM, number: int, code: int) -> None:
    """SIGTERM is passed on; Ctrl-C goes to both, and the program decides."""
    source = "import time; print('ready', flush=True); time.sleep(60)"
    running = subprocess.Popen(
        [BIN / "helisession", "run", "--", "python", "-c", source],
        env=variables(llm),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    if number == signal.SIGINT:
        os.killpg(running.pid, number)  # as a terminal does
    else:
        running.send_signal(number)
    began = time.monotonic()
    _, said = running.communicate(timeout=30)
    assert running.returncode == code
    assert time.monotonic() - began < 20
    assert said.count("helisession: ") == 1
