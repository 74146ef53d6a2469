"""What GenAI instrumentations put into log records and span events: one message each, or all.

``gen_ai.client.inference.operation.details`` carries the attributes of a span;
``gen_ai.user.message``, ``gen_ai.choice`` and the like, which it has replaced, one message.
https://github.com/open-telemetry/semantic-conventions-genai, docs/gen-ai/gen-ai-events.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from otel_helisession.conventions.attributes.structured import structured
from otel_helisession.conventions.attributes.values import parsed
from otel_helisession.conventions.conversation.messages import message
from otel_helisession.conventions.parts import Message

Side = Literal["input", "output"]

DETAILS: Final = "gen_ai.client.inference.operation.details"

_ROLES: Final = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_CHOICE: Final = "gen_ai.choice"

SPOKEN: Final[frozenset[str]] = frozenset({*_ROLES, _CHOICE})
"""Names of the events that carry one message."""


def spoken(name: str, body: Any) -> tuple[Side, Message] | None:
    """Return the message that an event named *name* carries, and whose side it is.

    Args:
        name: The event's name.
        body: What it says: the body of a log record, or the attributes of a span event.

    Returns:
        None when the event is of another kind, or says nothing.
    """
    said = structured(body)
    if name not in SPOKEN or not isinstance(said, dict):
        return None
    if name == _CHOICE:
        answer = _choice(said)
        return ("output", answer) if answer["parts"] else None
    role = _ROLES[name]
    if role == "tool":
        said = {**said, "tool_call_id": said.get("tool_call_id", said.get("id")), "role": "tool"}
    made = message({"content": None, "tool_calls": None, **_without_json(said)}, role)
    return ("input", made) if made["parts"] else None


def _choice(said: Mapping[str, Any]) -> Message:
    """Return the message of a choice, whose tool calls may stand beside it."""
    inner = parsed(said.get("message"))
    found = dict(inner) if isinstance(inner, dict) else {"content": inner or said.get("content")}
    if said.get("tool_calls") and not found.get("tool_calls"):
        found["tool_calls"] = said["tool_calls"]
    reason = said.get("finish_reason")
    return message({"finish_reason": reason, "content": None, **_without_json(found)}, "assistant")


def _without_json(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return *said* with tool calls parsed, which span events can hold as JSON text only."""
    calls = parsed(said.get("tool_calls"))
    return {**said, "tool_calls": calls} if isinstance(calls, list) else dict(said)
