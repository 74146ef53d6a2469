"""What became of spans that an exporter was handed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from opentelemetry.sdk.trace import ReadableSpan


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was not accepted: some for now, some for good. Empty when all was.

    An exporter of ours that knows returns it from ``deliver(spans)``; of others only the
    SpanExportResult is known, where a failure may mean either.

    Attributes:
        undelivered: What the destination did not take, and may take later.
        refused: What it will never take.
        reason: Why it refused, in a few words, without secrets.
        rejected: How many others it will never take, where it does not say which.
    """

    undelivered: Sequence[ReadableSpan] = ()
    refused: Sequence[ReadableSpan] = ()
    reason: str = ""
    rejected: int = 0

    @property
    def accepted(self) -> bool:
        """Whether all spans were accepted."""
        return not self.undelivered and not self.refused and not self.rejected

    @property
    def missing(self) -> int:
        """How many spans were not accepted."""
        return len(self.undelivered) + len(self.refused) + self.rejected
