"""How long sessions are held, and how much of them, each default with its argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from otel_helisession.sessions.ending import IDLE_SECONDS

SETTLE_SECONDS: Final = 5.0
"""How long an ended session waits for its last spans: as long as a BatchSpanProcessor, the
SDK's or ours, holds one (``OTEL_BSP_SCHEDULE_DELAY``)."""

MAX_SPANS: Final = 50_000
MAX_BYTES: Final = 128_000_000
"""A hundred conversations at a time with some hundred spans each, prompts and all; and still a
small part of a server's memory."""

_LEAST: Final = {"idle_seconds": 0, "settle_seconds": 0, "max_spans": 1, "max_bytes": 1}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long sessions are held, and how much of them.

    Attributes:
        idle_seconds: After how long without a span a session has ended.
        settle_seconds: How long an ended session waits for its last spans.
        max_spans: How many spans are held at most.
        max_bytes: How many bytes they take at most, as estimated from the lengths of texts.

    Raises:
        ValueError: A value is too small.
    """

    idle_seconds: float = IDLE_SECONDS
    settle_seconds: float = SETTLE_SECONDS
    max_spans: int = MAX_SPANS
    max_bytes: int = MAX_BYTES

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= least:
                raise ValueError(f"{name} is {value!r}; it must be a number of at least {least}")

    def exceeded_by(self, spans: int, weight: int) -> bool:
        """Tell whether so many spans, or so many bytes of them, are too much."""
        return spans > self.max_spans or weight > self.max_bytes
