"""What was said in a GenAI span, wherever a library has put it.

Newest first: ``gen_ai.input.messages`` and its siblings, as structures or JSON text;
``gen_ai.prompt`` and ``gen_ai.completion`` as one JSON text; the same flattened
(``gen_ai.prompt.0.content``); and span events. The first place that has a side is that
side's only source, because libraries that write two places write the same into both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from opentelemetry.sdk.trace import Event

from otel_helisession import semconv
from otel_helisession.conventions.attributes.structured import plain, structured
from otel_helisession.conventions.attributes.values import parsed
from otel_helisession.conventions.conversation.messages import (
    instructions,
    message,
    messages,
    tools,
)
from otel_helisession.conventions.conversation.pieces import joined
from otel_helisession.conventions.dialects import genai_records as records
from otel_helisession.conventions.operation import Conversation
from otel_helisession.conventions.parts import Message
from otel_helisession.conventions.reading import Reading

_PROMPT: Final = "gen_ai.prompt"
_COMPLETION: Final = "gen_ai.completion"
_FUNCTIONS: Final = "llm.request.functions"
_OLDEST: Final = {_PROMPT: "llm.prompts", _COMPLETION: "llm.completions"}
"""Where OpenLLMetry had them before it knew of ``gen_ai``."""

_SIDES: Final = {
    "gen_ai.content.prompt": ("input", _PROMPT, "user"),
    "gen_ai.content.completion": ("output", _COMPLETION, "assistant"),
}
_EVENT_BODY: Final = "gen_ai.event.content"
"""Azure's SDKs write the body of an event as JSON text here."""


def conversation(said: Reading, events: Sequence[Event] = ()) -> Conversation:
    """Return what the attributes and, where they have nothing, the *events* say was said."""
    if said.talked:
        events = ()
    found = Conversation(
        input=() if said.talked else tuple(_side(said, semconv.INPUT_MESSAGES, _PROMPT, "user")),
        output=()
        if said.talked
        else tuple(joined(_side(said, semconv.OUTPUT_MESSAGES, _COMPLETION, "assistant"))),
        instructions=tuple(instructions(_structure(said, semconv.SYSTEM_INSTRUCTIONS))),
        tools=tuple(tools(_structure(said, semconv.TOOL_DEFINITIONS)) or _functions(said)),
    )
    if not events or (found.input and found.output):
        return found
    told = _told(events)
    return Conversation(
        input=found.input or told.input,
        output=found.output or told.output,
        instructions=found.instructions or told.instructions,
        tools=found.tools or told.tools,
    )


def _side(said: Reading, today: str, former: str, role: str) -> list[Message]:
    newest = messages(_structure(said, today), role)
    if any(one.get("parts") for one in newest):
        return newest
    made: list[Message] = []  # LiteLLM writes an empty message beside the former's tool call
    if former in said.attributes:
        made = messages(structured(said.attributes[former]), role)
    made = made or _flat(said, former, role)
    return made or _flat(said, _OLDEST[former], role) or newest


def _structure(said: Reading, name: str) -> Any:
    """Return what stands under *name*; None for JSON that is cut, which is noted as unread."""
    found = said.json(name)
    if name in said.unread:
        return None
    if isinstance(said.attributes.get(name), str):
        return parsed(found)  # once more: some libraries encode twice
    return plain(found)


def _flat(said: Reading, prefix: str, role: str) -> list[Message]:
    return [message(plain(one), role) for one in said.numbered(prefix)]


def _functions(said: Reading) -> list[dict[str, Any]]:
    return tools(plain(said.numbered(_FUNCTIONS)))


def _told(events: Iterable[Event]) -> Conversation:
    """Return what span events say. One pass; of several that repeat a side, the last counts."""
    sides: dict[str, list[Message]] = {"input": [], "output": []}
    whole: dict[str, list[Message]] = {}
    rest = Conversation()
    for event in events:
        attributes = event.attributes or {}
        if event.name in _SIDES:
            side, name, role = _SIDES[event.name]
            whole[side] = messages(structured(attributes.get(name)), role)
        elif event.name == records.DETAILS:
            rest = _beside(rest, conversation(Reading(attributes)))
        elif event.name in records.SPOKEN:
            found = records.spoken(event.name, attributes.get(_EVENT_BODY, attributes))
            if found is not None:
                sides[found[0]].append(found[1])
    return Conversation(
        input=rest.input or tuple(whole.get("input") or sides["input"]),
        output=rest.output or tuple(whole.get("output") or sides["output"]),
        instructions=rest.instructions,
        tools=rest.tools,
    )


def _beside(before: Conversation, after: Conversation) -> Conversation:
    """Return what two events say together: Strands writes an event a side."""
    return Conversation(
        input=after.input or before.input,
        output=after.output or before.output,
        instructions=after.instructions or before.instructions,
        tools=after.tools or before.tools,
    )
