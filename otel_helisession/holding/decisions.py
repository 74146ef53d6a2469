"""What was decided about sessions, and by whom: once, for all of a session's spans."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from otel_helisession.guard import once
from otel_helisession.holding.held import Held
from otel_helisession.holding.whole import WholeSession

_MOST: Final = 10_000
"""Decisions that are remembered for spans that come late, those least asked for going first;
some 150 bytes each."""


class Decisions:
    """Asks about each session once, and remembers the answer. Used by one thread at a time.

    Args:
        keep: Asked. None: every session is kept.

    Attributes:
        kept: How many sessions were kept.
        dropped: How many were dropped.
    """

    def __init__(self, keep: Callable[[WholeSession], bool] | None) -> None:
        self._keep = keep
        self._made: OrderedDict[str, bool] = OrderedDict()
        self.kept = self.dropped = 0

    def forget_counts(self) -> None:
        """Count from nothing: after a fork the counts are the parent's."""
        self.kept = self.dropped = 0

    def of(self, session_id: str) -> bool | None:
        """Return what was decided; None when nothing was, or it is too long ago."""
        made = self._made.get(session_id)
        if made is not None:
            self._made.move_to_end(session_id)
        return made

    def decide(self, held: Held) -> bool:
        """Tell whether to keep the session. Never raises: who cannot decide keeps."""
        kept = self._ask(held)
        self._made[held.session_id] = kept
        self.kept += kept
        self.dropped += not kept
        if len(self._made) > _MOST:
            self._made.popitem(last=False)
        return kept

    def _ask(self, held: Held) -> bool:
        if self._keep is None:
            return True
        session = WholeSession(held.session_id, tuple(held.spans.values()), held.complete)
        try:
            return bool(self._keep(session))
        except Exception as error:
            once(
                ("holding", "keep", type(error)),
                logging.ERROR,
                "keep() failed with %s: %s; sessions of which it fails are kept",
                type(error).__name__,
                error,
            )
            return True
