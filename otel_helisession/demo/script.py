"""What the scripted model answers: text or tool calls, decided by the request alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request to the model, in whichever provider's format it came.

    Attributes:
        model: The model asked for.
        text: All that was said by the user and the system, one line a message.
        question: The last thing that the user said.
        tools: The tools on offer, name to the JSON schema of the arguments.
        answers_tools: Whether the request ends in the results of tools.
    """

    model: str
    text: str
    question: str
    tools: Mapping[str, Mapping[str, Any]]
    answers_tools: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model says: *text*, or calls of tools, name and arguments."""

    text: str = ""
    tool_calls: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def tokens(self) -> int:
        """How many tokens the reply has, by the usual rule of thumb."""
        return tokens(self.text) + sum(
            tokens(name) + tokens(json.dumps(arguments)) for name, arguments in self.tool_calls
        )


Script = Callable[[Prompt], Reply]

PLACES: Final = {
    "Lisbon": ("Alfama and the Castelo de São Jorge", "Belém by tram 15", "Sintra by train"),
    "Kyoto": ("Fushimi Inari at dawn", "Arashiyama's bamboo grove", "Nishiki Market"),
    "Reykjavík": ("Hallgrímskirkja and the harbour", "Þingvellir", "the Sky Lagoon"),
}
"""Where the demo travels, and what one does there."""


def answer(prompt: Prompt) -> Reply:
    """Return the reply of the demo's model; the same request gets the same reply.

    Offered tools, it calls each of them once; with their results, or without tools, it
    answers in text.
    """
    if prompt.tools and not prompt.answers_tools:
        place = _place(prompt.text)
        return Reply(
            tool_calls=tuple(
                (name, _arguments(schema, place, prompt.question))
                for name, schema in prompt.tools.items()
            )
        )
    asked = prompt.question.lower()
    for words, reply in _REPLIES:
        if re.search(words, asked):
            return Reply(reply(prompt))
    return Reply(f"A scripted answer to: {prompt.question[:200]}")


def tokens(text: str) -> int:
    """Return about how many tokens *text* has: four characters each."""
    return (len(text) + 3) // 4


def _place(text: str) -> str:
    return next((place for place in PLACES if place in text), "Lisbon")


def _arguments(schema: Mapping[str, Any], place: str, question: str) -> dict[str, Any]:
    known: dict[str, Any] = {"city": place, "destination": place, "query": question, "nights": 3}
    by_type: dict[str, Any] = {"integer": 3, "number": 3.5, "boolean": True, "array": []}
    arguments = {}
    for name, described in schema.get("properties", {}).items():
        arguments[name] = known.get(name, by_type.get(described.get("type"), "anything"))
    return arguments


def _itinerary(prompt: Prompt) -> str:
    place = _place(prompt.text)
    days = "\n".join(f"Day {day}: {sight}." for day, sight in enumerate(PLACES[place], start=1))
    return f"Three days in {place}\n\n{days}\n\nEvenings are left free, near the hotel."


def _summary(prompt: Prompt) -> str:
    place = _place(prompt.text)
    return (
        f"Your trip to {place} is planned: the morning flight, three nights in a quiet hotel "
        f"close to the centre, and {PLACES[place][0]} on the first day. The whole itinerary is "
        "attached; nothing has been booked yet."
    )


def _forecast(prompt: Prompt) -> str:
    return f"Mild and mostly dry in {_place(prompt.text)}; a light jacket is enough."


def _code(prompt: Prompt) -> str:
    return (
        "export function add(a: number, b: number): number {\n"
        "  if (!Number.isFinite(a) || !Number.isFinite(b)) throw new RangeError();\n"
        "  return a + b;\n}"
    )


_REPLIES: Final[tuple[tuple[str, Callable[[Prompt], str]], ...]] = (
    (r"forecast|weather", _forecast),
    (r"^tell the traveller|summar", _summary),
    (r"itinerary", _itinerary),
    (r"typescript|function|code", _code),
)
