"""Spans of one session that travel together, and what has been tried with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opentelemetry.sdk.trace import ReadableSpan


@dataclass(slots=True, eq=False)
class Bundle:
    """Spans of one session that left its group at the same time. Owned by one queue.

    Attributes:
        session_id: Whose they are; None: nobody's.
        spans: In order of their ends. Once some have been accepted, the others, those that
            failed last at the end.
        weight: About how many bytes they take together.
        since: When they were queued; on the monotonic clock, like every time here.
        number: Their place in the queue, from 1; smaller is older.
        attempts: How often they were sent in vain.
        failed_at: When that was for the first time.
        due: When they may be sent again.
        round: The last flush that has tried them.
    """

    session_id: str | None
    spans: Sequence[ReadableSpan]
    weight: int
    since: float
    number: int = 0
    attempts: int = 0
    failed_at: float | None = None
    due: float = 0.0
    round: int = 0

    def __len__(self) -> int:
        return len(self.spans)

    def reduce(self, spans: Sequence[ReadableSpan]) -> None:
        """Keep only *spans*, in this order: the others have arrived."""
        self.weight = self.weight * len(spans) // max(1, len(self.spans))
        self.spans = spans
