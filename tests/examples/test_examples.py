"""Each example runs as it stands, alone, in a process of its own."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.otlp import HttpSink

EXAMPLES = Path(__file__).parents[2] / "examples"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def _run(name: str, **variables: str) -> list[str]:
    """Run an example without warnings, and return what it prints, with new ids as ID."""
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", str(EXAMPLES / name)],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return UUID.sub("ID", done.stdout).splitlines()


def test_the_openai_sdk() -> None:
    """Steps and tools make the folders; the calls hang in them."""
    assert _run("openai_agent.py") == [
        "Mild and mostly dry in Lisbon; a light jacket is enough.",
        "/pack/research                   chat gpt-5.4-mini",
        "/pack/research/check_weather     execute_tool check_weather",
        "/pack/research                   research",
        "/pack/answer                     chat gpt-5.4-mini",
        "/pack/answer                     answer",
        "see: helisession show ID",
    ]


def test_anthropic_in_asyncio() -> None:
    """Two conversations at once, each span in its own."""
    lines = _run("anthropic_async.py")
    assert [line[:20] for line in lines[:2]] == ["Your trip to Lisbon ", "Your trip to Kyoto i"]
    assert sorted(lines[2:]) == [
        "chat-kyoto   /guide/outline   chat claude-sonnet-5",
        "chat-kyoto   /guide/outline   outline",
        "chat-kyoto   /guide/write     chat claude-sonnet-5",
        "chat-kyoto   /guide/write     write",
        "chat-lisbon  /guide/outline   chat claude-sonnet-5",
        "chat-lisbon  /guide/outline   outline",
        "chat-lisbon  /guide/write     chat claude-sonnet-5",
        "chat-lisbon  /guide/write     write",
    ]


def test_plain_httpx() -> None:
    """The LLM span is made, and the host is told the session."""
    assert _run("plain_httpx.py") == [
        "15 pieces were streamed",
        "the server saw {'helicone-session-id': 'ID', 'helicone-session-path': '/weather/ask', "
        "'helicone-session-name': 'Weather', 'helicone-user-id': 'user-01'}",
        "/weather/ask     chat gpt-5.4-mini        14 tokens",
        "/weather/ask     ask                      - tokens",
    ]


def test_records_by_hand() -> None:
    """Tools and vector queries make folders of their own; calls and data hang in the step's."""
    assert _run("record_by_hand.py") == [
        "llm        /trip/research",
        "vector_db  /trip/research/search_hotels",
        "tool       /trip/research/convert_currency",
        "data       /trip/research",
        "-          /trip/research",
    ]


def test_headers_that_are_already_there() -> None:
    """Helicone's worked example: the user's own headers make the session."""
    assert _run("headers_already_there.py") == [
        "Code Generation Assistant  /request                         chat gpt-4o-mini",
        "Code Generation Assistant  /request/validation              chat gpt-4o-mini",
        "Code Generation Assistant  /request/validation/typescript   chat gpt-4o-mini",
    ]


def test_helicones_gateway_and_logger() -> None:
    """What the gateway has logged is not logged again; what is around it is."""
    assert sorted(_run("helicone_gateway_and_logger.py")) == [
        "2 logs accepted, 0 dropped",
        "gateway  /trip/stay                   llm",
        "logger   /trip/stay/check_price       tool",
        "logger   /trip/stay/search_hotels     vector_db",
    ]


def test_beside_an_existing_pipeline() -> None:
    """One processor more; spans without a session stay as they are."""
    assert _run("existing_pipeline.py") == [
        "-           -                      before any session",
        "chat-4711   /support/find_order    execute_tool find_order",
        "chat-4711   /support               handle message",
    ]


def test_beside_an_existing_pipeline_to_a_collector(otlp_http: HttpSink) -> None:
    """With an endpoint set, the same spans arrive over OTLP."""
    assert _run("existing_pipeline.py", OTEL_EXPORTER_OTLP_ENDPOINT=otlp_http.http.url) == []
    assert sorted(span.name for span in otlp_http.spans()) == [
        "before any session",
        "execute_tool find_order",
        "handle message",
    ]


def test_two_services() -> None:
    """The hotel's spans hang where the agent called it from, in the agent's session."""
    for name in ("flask", "requests"):
        for module in (name, f"opentelemetry.instrumentation.{name}"):
            pytest.importorskip(module, reason="needs otel-helisession[frameworks]")
    assert [re.sub(" {2,}", "  ", line) for line in _run("two_services.py")] == [
        "free: 201, 305",
        "agent  ID  /trip/find hotel  internal  find hotel",
        "agent  ID  /trip/find hotel  client  GET",
        "hotel  ID  /trip/find hotel  server  GET /rooms",
        "hotel  ID  /trip/find hotel/check calendar  internal  check calendar",
    ]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_is_short_says_how_to_run_it_and_is_tested(path: Path) -> None:
    """What is not run here is not shipped."""
    source = path.read_text()
    assert len(source.splitlines()) <= 70
    assert f"python examples/{path.name}" in (ast.get_docstring(ast.parse(source)) or "")
    assert f'_run("{path.name}"' in Path(__file__).read_text()
