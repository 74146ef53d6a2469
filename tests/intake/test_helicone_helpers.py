"""Helicone's own Python logger, pointed here as docs/receiving.md says: its logs arrive.

Skips where helicone-helpers is not installed; it is in the extra ``frameworks``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from otel_helisession.intake.http import HttpReceiver
from otel_helisession.store.row import SpanRow
from tests.helicone.endpoint import KEY

Stored = Callable[[], dict[str, SpanRow]]

SESSION = {
    "Helicone-Session-Id": "trip-1",
    "Helicone-Session-Path": "/trip/research",
    "Helicone-Session-Name": "Trip",
    "Helicone-User-Id": "ana",
}
QUESTION = {
    "model": "gpt-5.4-mini",
    "messages": [{"role": "user", "content": "Where to stay?"}],
}
ANSWER: dict[str, Any] = {
    "model": "gpt-5.4-mini-2026",
    "choices": [{"message": {"role": "assistant", "content": "In Alfama."}}],
    "usage": {"prompt_tokens": 100, "completion_tokens": 50},
}
MESSAGE: dict[str, Any] = {
    "type": "message",
    "model": "claude-sonnet-5",
    "role": "assistant",
    "content": [{"type": "text", "text": "In Alfama."}],
    "usage": {"input_tokens": 100, "output_tokens": 50},
}


@pytest.fixture
def logger(http: HttpReceiver, capsys: pytest.CaptureFixture[str]) -> Any:
    """A logger of theirs. What it fails to send it prints, so nothing may be printed."""
    helpers = pytest.importorskip("helicone_helpers", reason="needs otel-helisession[frameworks]")
    yield helpers.HeliconeManualLogger(api_key=KEY, logging_endpoint=http.url)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("provider", "answer"), [("openai", ANSWER), ("anthropic", MESSAGE), (None, ANSWER)]
)
def test_a_call_is_a_request_of_its_session(
    logger: Any, stored: Stored, provider: str | None, answer: dict[str, Any]
) -> None:
    """At each of its addresses, which go by provider."""
    logger.log_request(
        QUESTION, lambda recorder: recorder.append_results(answer), SESSION, provider=provider
    )
    (row,) = stored().values()
    said = (row.session_id, row.session_name, row.path, row.user_id)
    assert said == ("trip-1", "Trip", "/trip/research", "ana")
    assert (row.kind, row.model, row.status) == ("llm", answer["model"], "unset")
    assert (row.input_tokens, row.output_tokens) == (100, 50)


def test_a_tool_is_a_tool(logger: Any, stored: Stored) -> None:
    """Named, at its path."""
    tool = {"_type": "tool", "toolName": "search_hotels", "input": {"city": "Lisbon"}}
    logger.log_request(
        tool, lambda recorder: recorder.append_results({"result": ["Alfama"]}), SESSION
    )
    (row,) = stored().values()
    assert (row.kind, row.target, row.session_id) == ("tool", "search_hotels", "trip-1")


def test_a_streamed_answer_has_its_time_to_the_first_token(logger: Any, stored: Stored) -> None:
    """Its builder sends the chunks as text, one a line."""
    builder = logger.log_builder(QUESTION, SESSION)
    builder.start_time -= 125.5
    builder.add_chunk({"choices": [{"delta": {"content": "In Alfama."}}]})
    asyncio.run(builder.send_log())
    (row,) = stored().values()
    assert (row.kind, row.session_id) == ("llm", "trip-1")
    assert row.time_to_first_token_ms is not None
    assert row.time_to_first_token_ms >= 125
