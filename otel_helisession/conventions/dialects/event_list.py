"""Messages as a list of GenAI events in one attribute, as pydantic-ai and Logfire once had them.

``[{"event.name": "gen_ai.user.message", "content": ...}, {"event.name": "gen_ai.choice", ...}]``
"""

from __future__ import annotations

from typing import Any

from otel_helisession.conventions.attributes.values import text
from otel_helisession.conventions.dialects.genai_records import spoken
from otel_helisession.conventions.operation import Conversation
from otel_helisession.conventions.parts import Message, items


def conversation(events: Any) -> Conversation:
    """Return what a list of *events* says was said; what is no event is passed over.

    Where no event is a choice of the model's, the last message is its answer if it is its own.
    """
    asked: list[Message] = []
    answered: list[Message] = []
    for event in items(events):
        found = spoken(text(event.get("event.name")) or "", event)
        if found is not None:
            (asked if found[0] == "input" else answered).append(found[1])
    if asked and not answered and asked[-1]["role"] == "assistant":
        answered.append(asked.pop())
    return Conversation(input=tuple(asked), output=tuple(answered))
