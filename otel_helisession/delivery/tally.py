"""How many spans a destination has accepted, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """What became of the spans that a queue was given, since the process began.

    Attributes:
        accepted: The destination has them.
        refused: It did not take them, for good or for longer than retries go on.
        dropped: They could not wait, or there was no time left.
        crowded_out: Those of *dropped* for which the queue had no place.
        kept: They are in the spool, or were, until they were sent again.
        resent: Out of the spool, accepted; from this process or from earlier ones.
        buried: Out of the spool, refused for good: they are dead letters.
        in_spool: Whether some that this process has kept may still be there.
    """

    accepted: int = 0
    refused: int = 0
    dropped: int = 0
    kept: int = 0
    resent: int = 0
    buried: int = 0
    in_spool: bool = False
    crowded_out: int = 0

    @property
    def lost(self) -> int:
        """Spans that did not arrive, and will not."""
        return self.refused + self.dropped + self.buried
