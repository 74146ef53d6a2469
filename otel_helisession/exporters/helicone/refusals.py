"""When every log would be refused: the key or the URL is wrong, and asking on is only noise."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from otel_helisession.exporters.helicone.answer import Answer

REFUSALS_BEFORE_PAUSE: Final = 32
"""Refusals in a row: a full round of the connections."""

PAUSE_SECONDS: Final = 60.0
"""How long nothing is sent then. After it the next log asks again, because a key may have been
made valid meanwhile, and Helicone answers faults of its own database like a wrong key."""


@dataclass(slots=True)
class Refusals:
    """How often in a row the key or the URL was refused, and until when nothing is sent."""

    in_a_row: int = 0
    paused_until: float = 0.0
    last: Answer | None = None

    def note(self, answer: Answer) -> None:
        """Count *answer*."""
        if answer.verdict == "accepted":
            self.in_a_row = 0
        elif answer.hopeless:
            self.in_a_row += 1
            self.last = answer
            if self.in_a_row >= REFUSALS_BEFORE_PAUSE:
                self.paused_until = time.monotonic() + PAUSE_SECONDS

    def standing(self) -> Answer | None:
        """Return the answer that every log would get now; None when it is worth asking."""
        return self.last if time.monotonic() < self.paused_until else None
