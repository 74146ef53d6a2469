"""Programs in processes of their own, and what they leave in the store.

``start(command, *arguments, **environment)``
    Runs a command of this environment (``python``, ``helisession``) in ``tmp_path`` and
    returns the CompletedProcess. Of the instrumentors that happen to be installed only
    ``helisession`` and ``openai`` are on; ``on="helisession,celery"`` says otherwise.
    Nothing is exported, unless a variable says so, and the OpenAI SDK talks to ``llm``.
``instrument(*command, **environment)``
    The same under ``opentelemetry-instrument``.
``agent``
    A program that calls a model twice, in a session of its own, and knows nothing else of
    OpenTelemetry; ``plain_agent`` one that knows nothing of it at all.
``stored()``
    ``{session's name: ["path  span's name", ...]}``, from the store.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from otel_helisession.demo.server import ScriptedLLM
from otel_helisession.store.reader import SessionReader

pytest.importorskip("opentelemetry.distro")

Completed = subprocess.CompletedProcess[str]
Start = Callable[..., Completed]
Stored = Callable[[], dict[str, list[str]]]

BIN = Path(sys.executable).parent
AGENT = """
import openai
from otel_helisession import session, step
client = openai.OpenAI()
def ask(text):
    said = [{"role": "user", "content": text}]
    answer = client.chat.completions.create(model="gpt-5.4-mini", messages=said)
    print(answer.choices[0].message.content)
with session("Weather", path="/weather"):
    with step("look up"):
        ask("Put the forecast for Lisbon in one line.")
    ask("Put the forecast for Kyoto in one line.")
"""
PLAIN_AGENT = """
import openai, sys
said = [{"role": "user", "content": "Put the forecast for Lisbon in one line."}]
answer = openai.OpenAI().chat.completions.create(model="gpt-5.4-mini", messages=said)
print(answer.choices[0].message.content)
sys.exit(int(sys.argv[1]) if sys.argv[1:] else 0)
"""


def variables(llm: ScriptedLLM, on: str = "helisession,openai", **given: str) -> dict[str, str]:
    """Return the environment of a program."""
    installed = {entry.name for entry in entry_points(group="opentelemetry_instrumentor")}
    said = {
        "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": ",".join(sorted(installed - {*on.split(",")})),
        "OTEL_TRACES_EXPORTER": "none",
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OPENAI_API_KEY": "sk-scripted-0000",
        "OPENAI_BASE_URL": llm.openai_url,
        "NO_PROXY": "127.0.0.1",
        "PATH": os.pathsep.join((str(BIN), os.environ["PATH"])),  # as in an activated environment
        **given,
    }
    return {**os.environ, **said}


@pytest.fixture
def llm() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as server:
        yield server


@pytest.fixture
def start(tmp_path: Path, llm: ScriptedLLM) -> Start:
    def start(command: str, *arguments: str, **environment: str) -> Completed:
        return subprocess.run(
            [str(BIN / command), *arguments],
            env=variables(llm, **environment),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return start


@pytest.fixture
def instrument(start: Start) -> Start:
    def instrument(*command: str, **environment: str) -> Completed:
        return start("opentelemetry-instrument", *command, **environment)

    return instrument


@pytest.fixture
def agent(tmp_path: Path) -> str:
    (tmp_path / "agent.py").write_text(AGENT)
    return "agent.py"


@pytest.fixture
def plain_agent(tmp_path: Path) -> str:
    (tmp_path / "plain_agent.py").write_text(PLAIN_AGENT)
    return "plain_agent.py"


@pytest.fixture
def stored() -> Stored:
    def stored() -> dict[str, list[str]]:
        with SessionReader() as reader:
            return {
                summary.name: [f"{row.path}  {row.name}" for row in reader.spans(summary.id)]
                for summary in reader.sessions()
            }

    return stored
