"""What the demo's travellers want."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Trip:
    """One traveller's wish.

    Attributes:
        destination: A city that the script knows.
        wish: What kind of hotel.
        user_id: Whose trip; no name.
        conversation: The id of the chat that it was asked in; None for a single run.
        flights_fail: How often the flight search times out before it answers.
    """

    destination: str
    wish: str
    user_id: str = ""
    conversation: str | None = None
    flights_fail: int = 0


_KINDS: Final = (
    Trip("Kyoto", "a quiet hotel with a garden, near the centre"),
    Trip("Reykjavík", "a lively place near the harbour", conversation="chat"),
    Trip("Lisbon", "a quiet hotel with a terrace", flights_fail=1),
)


def trips(count: int) -> list[Trip]:
    """Return *count* trips; the last, and every third before it, has a tool that fails."""
    chosen = []
    for number in range(count):
        kind = _KINDS[(number - count) % len(_KINDS)]
        conversation = kind.conversation and f"{kind.conversation}-{uuid.uuid4().hex[:12]}"
        chosen.append(replace(kind, user_id=f"user-{number + 1:02}", conversation=conversation))
    return chosen
