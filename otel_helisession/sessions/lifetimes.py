"""Which sessions that somebody holds have ended: settled, idle, or quiet for longest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

from otel_helisession.sessions.ending import IdleSessions

_MAX_ENDS: Final = 10_000
"""Ended sessions of which no span has come yet that are remembered: one that is forgotten
waits until it is idle. Some 150 bytes each."""


class Lifetimes:
    """Sessions by when they end. Without threads or clocks; used by one thread at a time.

    A session is due a while (*settle_seconds*) after it ended, or after its last span since:
    spans that ended before it may still be on their way. A session that nobody ends is due when
    it is idle, and not open any more.

    Args:
        idle_seconds: After how long without a span a session has ended.
        settle_seconds: How long an ended session waits for its last spans.
        open_sessions: Returns the ids of the sessions that are open all the same.
    """

    def __init__(
        self,
        idle_seconds: float,
        settle_seconds: float,
        open_sessions: Callable[[], Collection[str]],
    ) -> None:
        self._open_sessions = open_sessions
        self._open = IdleSessions(idle_seconds)
        self._ended = IdleSessions(settle_seconds)
        self._ends = IdleSessions(idle_seconds, _MAX_ENDS)

    def touch(self, session_id: str, now: float) -> None:
        """Watch the session from now on, of which something has come."""
        over = session_id in self._ended or self._ends.forget(session_id)
        (self._ended if over else self._open).touch(session_id, now)

    def end(self, session_id: str, now: float) -> None:
        """Take note that a session has ended, watched or not."""
        if self._open.forget(session_id):
            self._ended.touch(session_id, now)
        elif session_id not in self._ended:
            self._ends.touch(session_id, now)

    def due(self, now: float) -> Iterator[str]:
        """Watch no longer, and return, the sessions whose time has come."""
        yield from self._ended.idle(now)
        idle = self._open.idle(now)
        still_open = self._open_sessions() if idle else ()
        for session_id in idle:
            if session_id in still_open:
                self._open.touch(session_id, now)
            else:
                yield session_id

    def ended(self) -> Iterator[str]:
        """Watch no longer, and return, the sessions that have ended: who settles, too."""
        while (session_id := self._ended.pop()) is not None:
            yield session_id

    def quietest(self) -> str | None:
        """Watch no longer, and return, the session that has been quiet for longest and has not
        ended; None without any."""
        return self._open.pop()

    def next_due(self) -> float | None:
        """Return when a session may be due; None when none is watched."""
        times = [one.next_idle() for one in (self._ended, self._open)]
        return min((time for time in times if time is not None), default=None)
