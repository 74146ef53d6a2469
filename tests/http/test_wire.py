"""What holds for every wire format: which one it is, its events, its errors, and junk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from otel_helisession.conventions import sse, wire, wire_anthropic, wire_openai, wire_responses

JUNK: list[Any] = [None, 7, "x", [], {}, [1], {"a": 1}, [{}], [{"type": 5}], [None], True, 1e400]
FIELDS = [
    *("model", "id", "messages", "choices", "usage", "error", "content", "stop_reason", "output"),
    *("input", "tools", "prompt", "system", "instructions", "stop", "stream", "n", "delta"),
    *("message", "index", "text", "response", "type", "item", "reasoning", "stop_sequences"),
    *("incomplete_details", "status", "content_block"),
]


@pytest.mark.parametrize("module", [wire_openai, wire_responses, wire_anthropic])
@pytest.mark.parametrize("field", FIELDS)
def test_nothing_raises_on_bodies_of_any_shape(module: Any, field: str) -> None:
    """Every field, with every type, at every depth that is read."""
    kinds = ["message_start", "content_block_start", "content_block_delta", "message_delta"]
    for junk in JUNK:
        body = {field: junk}
        for each in (body, {"type": "message", **body}):
            module.request(each)
            module.response(each)
            module.asked({"messages": [each], "input": [each], "tools": [each], **body})
            module.answered({"choices": [each], "output": [each], "content": [each]})
            module.answered({"choices": [{"message": each}]})
            events = [{"choices": [each]}, {"choices": [{"delta": each}]}, each]
            events += [{"type": kind, **body} for kind in kinds]
            events += [{"choices": [{"delta": {"tool_calls": [each, {"function": body}]}}]}]
            said = module.whole(events)
            module.response(said)
            json.dumps(module.answered(said))


@pytest.mark.parametrize(
    ("path", "headers", "found"),
    [
        ("/v1/chat/completions", {}, ("openai", "chat")),
        ("/openai/deployments/x/chat/completions", {}, ("openai", "chat")),
        ("/v1/completions", {}, ("openai", "text_completion")),
        ("/v1/embeddings", {}, ("openai", "embeddings")),
        ("/v1/responses", {}, ("openai", "chat")),
        ("/v1/messages", {}, ("anthropic", "chat")),
        ("/proxy/messages", {"anthropic-version": "2023-06-01"}, ("anthropic", "chat")),
        ("/proxy/messages", {}, None),
        ("/v1/messages/count_tokens", {}, None),
        ("/", {}, None),
    ],
)
def test_a_path_names_its_wire(
    path: str, headers: dict[str, str], found: tuple[str, str] | None
) -> None:
    """Anthropic's own ending is common, so it takes more to be it."""
    wired = wire.find(path, headers)
    assert (wired and (wired.name, wired.operation)) == found


def test_events_are_read_as_the_standard_says() -> None:
    """Every line ending, comments, several data lines, an end without an empty line."""
    raw = (
        b': comment\r\n\r\nevent: a\r\ndata: {"n": 1}\r\n\r\n'
        b'data:{"n":\rdata: 2}\r\r'
        b'id: 7\ndata: [3]\n\ndata: [DONE]\n\ndata: {"n": 4}'
    )
    assert list(sse.events(raw)) == [{"n": 1}, {"n": 2}, {"n": 4}]


@pytest.mark.parametrize(
    ("body", "failed", "error"),
    [
        ({"error": {"type": "a", "message": "b"}}, False, ("a", "b")),
        ({"error": {"code": "a"}}, False, ("a", '{"code":"a"}')),
        ({"error": "b"}, True, ("error", "b")),
        ({"message": "b"}, True, ("error", "b")),
        ({"message": "b"}, False, None),
        ({"error": None}, False, None),
        ({}, True, None),
    ],
)
def test_errors_are_read_in_every_shape(
    body: dict[str, Any], failed: bool, error: tuple[str, str] | None
) -> None:
    """Just any message is an error's only when the status says so."""
    assert wire.error_of(body, failed) == error
