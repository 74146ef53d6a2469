"""Programs that have Langfuse, Logfire, OpenInference or Traceloop in them already.

Each is skipped where the library is not installed: they are large, OpenInference's
instrumentor has the same name as the official one, and Traceloop pins OpenTelemetry.
``.ci/run neighbours`` installs them in environments of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from otel_helisession.demo.server import ScriptedLLM
from tests.servers.otlp import HttpSink
from tests.zero_code.conftest import Start, Stored

ASKING = """
import openai, os
from otel_helisession import session
client = openai.OpenAI()
said = [{"role": "user", "content": "Put the forecast for Lisbon in one line."}]
def ask():
    return client.chat.completions.create(model="gpt-5.4-mini", messages=said)
"""


Run = Callable[..., str]


@pytest.fixture
def run(start: Start, tmp_path: Path) -> Run:
    """Run a program under ``helisession run``, and return what it wrote to standard error."""

    def run(source: str, **environment: str) -> str:
        (tmp_path / "app.py").write_text(ASKING + source)
        command = ("helisession", "run", "--", "python", "app.py")
        done = start(*command, on="helisession", **environment)
        assert done.returncode == 0, done.stderr
        return done.stderr

    return run


def test_openinference(run: Run, stored: Stored, llm: ScriptedLLM) -> None:
    """Its span is the only one of a call; a session of its making is a session."""
    pytest.importorskip("openinference.instrumentation.openai")
    source = """
from openinference.instrumentation import using_session
from openinference.instrumentation.openai import OpenAIInstrumentor
OpenAIInstrumentor().instrument()
with using_session("conversation-1"):
    ask()
with session("Mine", path="/mine"):
    ask()
"""
    run(source, HELISESSION_ALLOW_HOSTS="127.0.0.1")
    assert stored() == {"": ["/  ChatCompletion"], "Mine": ["/mine  ChatCompletion"]}
    told = [request.headers["helicone-session-id"] for request in llm.requests]
    assert told[0] == "conversation-1"


def test_langfuse(run: Run, stored: Stored, otlp_http: HttpSink) -> None:
    """It goes on exporting, on the provider that was there first; its session ids are ours."""
    pytest.importorskip("langfuse")
    source = """
from langfuse import get_client, observe, propagate_attributes
import langfuse.openai
@observe()
def plan(): ask()
with session("Mine", path="/mine"):
    plan()
with propagate_attributes(session_id="conversation-1"):
    plan()
get_client().flush()
"""
    said = run(
        source,
        LANGFUSE_PUBLIC_KEY="pk-lf-0000",
        LANGFUSE_SECRET_KEY="sk-lf-0000",
        LANGFUSE_BASE_URL=otlp_http.http.url,
    )
    found = stored()
    assert "/mine/plan  plan" in found["Mine"]
    assert "/mine/plan  OpenAI-generation" in found["Mine"]
    assert "/plan  OpenAI-generation" in found["plan"]
    assert "2 sessions" in said
    assert [span.name for span in otlp_http.spans()].count("OpenAI-generation") == 2


def test_logfire(run: Run, stored: Stored) -> None:
    """It keeps to a provider of its own, which is set later: sessions hold there, too."""
    pytest.importorskip("logfire")
    source = """
import logfire
logfire.configure(send_to_logfire=False, console=False)
logfire.instrument_openai(client)
with session("Mine", path="/mine"), logfire.span("work"):
    ask()
"""
    run(source)
    work, call = stored()["Mine"]
    assert work == "/mine  work"
    assert call.startswith("/mine  Chat Completion")


def test_traceloop(run: Run, stored: Stored, otlp_http: HttpSink) -> None:
    """It goes on exporting; its association properties make sessions."""
    pytest.importorskip("traceloop.sdk")
    source = """
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import workflow
Traceloop.init(api_endpoint=os.environ["SINK"], api_key="0000", telemetry_enabled=False)
@workflow(name="plan")
def plan(): ask()
with session("Mine", path="/mine"):
    plan()
Traceloop.set_association_properties({"session_id": "conversation-1"})
plan()
"""
    said = run(source, SINK=otlp_http.http.url)
    assert stored() == {
        "Mine": ["/mine/plan  plan.workflow", "/mine/plan  openai.chat"],
        "plan.workflow": ["/plan  plan.workflow", "/plan  openai.chat"],
    }
    assert "helisession show conversation-1" in said
    exported = sorted(span.name for span in otlp_http.spans())
    assert exported == ["openai.chat"] * 2 + ["plan.workflow"] * 2
