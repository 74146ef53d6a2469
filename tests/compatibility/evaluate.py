"""The cells of a row: what the reader finds in its recording, against what the server said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.compatibility.row import COLUMNS, Row
from tests.compatibility.scene import Scene, scenes

UNSEEN = "no call of a model is seen"

Finding = str | None
"""What is wrong or missing; an empty text when nothing is; None: no scene shows it."""

Check = Callable[[Sequence[Scene]], "Finding"]


def cells(row: Row, recording: Mapping[str, Any]) -> dict[str, Finding]:
    """Return each column's finding, of the scenes that the row does not call unseen.

    What varies from run to run is not looked at: its finding is the row's reason.
    """
    played = [scene for scene in scenes(recording) if scene.name not in row.unseen]
    return {column: row.varies.get(column) or CHECKS[column](played) for column in COLUMNS}


def _named(played: Sequence[Scene], *names: str) -> list[Scene]:
    return [scene for scene in played if scene.sort in names]


def _kind(played: Sequence[Scene]) -> Finding:
    """Each call of a model counts once; searches and tools are what they are."""
    for scene in played:
        found = len(scene.counted)
        if found != len(scene.exchanges):
            return f"{scene.name}: {found} calls of a model where {len(scene.exchanges)} were made"
        expected = {"search": "vector_db", "call": "tool"}.get(scene.sort)
        if expected and not scene.of_kind(expected):
            return f"{scene.name}: no {expected}"
    return ""


def _model(played: Sequence[Scene]) -> Finding:
    if not any(scene.exchanges for scene in played):
        return None
    calls = [call for scene in played for call in scene.calls]
    for call in calls:
        names = {call.exchange.request_model, call.exchange.response_model}
        said = call.counted.model or ""
        if said not in names and said.rpartition("/")[2] not in names:  # a router's openai/gpt-5
            return f"{said!r} is none of {sorted(names)}"
    return "" if calls else UNSEEN


def _usage(played: Sequence[Scene]) -> Finding:
    calls = [call for scene in played for call in scene.calls]
    if not any(scene.exchanges for scene in played):
        return None
    for exchange, usage in ((call.exchange, call.counted.usage) for call in calls):
        counted = (exchange.input_tokens, exchange.output_tokens)
        found = (usage.input_tokens, usage.output_tokens)
        if counted[0] is None or found == counted:
            continue
        if not (exchange.embeds and found[0] == counted[0]):
            return f"{found} for {counted}{' in a stream' if exchange.streamed else ''}"
    return "" if calls else UNSEEN


def _messages(played: Sequence[Scene]) -> Finding:
    shown = _named(played, "chat", "stream")
    if not any(scene.exchanges for scene in shown):
        return None
    calls = [call for scene in shown for call in scene.calls]
    for call in calls:
        sides = {
            "question": (call.exchange.question, [one.conversation.input for one in call.told]),
            "answer": (call.exchange.text, [one.conversation.output for one in call.told]),
        }
        for side, (said, messages) in sides.items():
            if said not in _text(messages):
                return f"the {side} is not there{' in a stream' if call.exchange.streamed else ''}"
    return "" if calls else UNSEEN


def _tool_calls(played: Sequence[Scene]) -> Finding:
    shown = [
        scene for scene in played if scene.sort == "call" or any(e.tools for e in scene.exchanges)
    ]
    if not shown:
        return None
    for scene in shown:
        asked = [name for exchange in scene.exchanges for name in exchange.tools]
        said = [
            part.get("name")
            for operation in scene.of_kind("llm")
            for message in operation.conversation.output
            for part in message.get("parts", ())
            if part.get("type") == "tool_call" and part.get("arguments") is not None
        ]
        if any(name not in said for name in asked):
            return f"{scene.name}: {said} for {asked}"
        for operation in scene.of_kind("tool"):
            if operation.tool is None or operation.tool.arguments is None:
                return f"{scene.name}: a tool without arguments"
            if operation.tool.result is None:
                return f"{scene.name}: a tool without a result"
    return ""


def _streaming(played: Sequence[Scene]) -> Finding:
    calls = [call for scene in _named(played, "stream") for call in scene.calls]
    if not calls:
        return _unseen(played, "stream")
    silent = [call for call in calls if not any(one.streaming for one in call.told)]
    return "it does not say that it streams" if silent else ""


def _first_token(played: Sequence[Scene]) -> Finding:
    calls = [call for scene in _named(played, "stream") for call in scene.calls]
    if not calls:
        return _unseen(played, "stream")
    for call in calls:
        if all(one.time_to_first_token_ms is None for one in call.told):
            return "it does not say when the first piece came"
    return ""


def _unseen(played: Sequence[Scene], sort: str) -> Finding:
    return UNSEEN if any(scene.exchanges for scene in _named(played, sort)) else None


def _errors(played: Sequence[Scene]) -> Finding:
    shown = _named(played, "failure")
    if not shown:
        return None
    for scene in shown:
        requests = [one for one in scene.operations if one.kind != "structure"]
        failures = [one.failure for one in requests if one.failure is not None]
        if not failures:
            return "no operation failed"
        if not any(failure.message or failure.status_code for failure in failures):
            return "neither a message nor a status"
    return ""


def _session(played: Sequence[Scene]) -> Finding:
    said = {
        (span.attributes or {}).get("helicone.session.id")
        for scene in played
        for span in scene.spans
    }
    return "" if said and None not in said else "a span has no session"


def _path(played: Sequence[Scene]) -> Finding:
    for scene in played:
        for span in scene.spans:
            path = str((span.attributes or {}).get("helicone.session.path"))
            if path != f"/{scene.name}" and not path.startswith(f"/{scene.name}/"):
                return f"{span.name} hangs at {path}"
    return ""


def _text(value: Any) -> str:
    """Return all text in a JSON value."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "\n".join(_text(one) for one in value.values())
    return "\n".join(_text(one) for one in value) if isinstance(value, (list, tuple)) else ""


CHECKS: dict[str, Check] = {
    "kind": _kind,
    "model": _model,
    "usage": _usage,
    "messages": _messages,
    "tool calls": _tool_calls,
    "streaming": _streaming,
    "time to first token": _first_token,
    "errors": _errors,
    "session": _session,
    "path": _path,
}
