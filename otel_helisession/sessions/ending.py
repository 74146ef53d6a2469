"""The end of a session: who wants to hear of it, and which sessions have gone idle.

Leaving the outermost ``session()`` ends a session whose id was made here. A given id is a
conversation's, over many requests and maybe processes: it ends when nothing has come for a
while, and who needs to know counts that with an IdleSessions of its own.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from otel_helisession.guard import caught
from otel_helisession.sessions.value import Session

IDLE_SECONDS: Final = 600.0
"""After how long without a span a session has ended: longer than somebody thinks between two
messages, and short enough for whoever waits for the whole."""

Listener = Callable[[Session, bool], None]
"""Told a session whose outermost ``session()`` was just left, as it was entered, and whether
that ended it. Called on the thread that left it, or by garbage collection in any thread, so
it must be quick and wait for no lock."""

listeners: tuple[Listener, ...] = ()
"""Who is told, in order of listen()."""

open_here: Final[OrderedDict[str, None]] = OrderedDict()
"""Ids that this process made, of sessions that are not left yet; listeners are told before one is
taken out. Such an id is nobody else's to end: not a forked child's, nor that of a process to
which the session was sent."""

_MOST_OPEN: Final = 10_000
"""Beyond, the oldest are forgotten, as sessions that nobody leaves would stay for ever."""

_lock = threading.Lock()


def entered(session: Session) -> None:
    """Take note that a ``session()`` whose id was made here was entered. A quarter microsecond."""
    open_here[session.id] = None
    if len(open_here) > _MOST_OPEN:
        with contextlib.suppress(KeyError):  # another thread was faster
            open_here.popitem(last=False)


def listen(listener: Listener) -> Callable[[], None]:
    """Tell *listener* of ends from now on, in this process; return what stops that."""
    global listeners
    with _lock:
        listeners = (*listeners, listener)

    def stop() -> None:
        global listeners
        with _lock:
            listeners = tuple(one for one in listeners if one is not listener)

    return stop


def left(session: Session, around: Session | None) -> None:
    """Tell the listeners that a ``session()`` was left. Never raises.

    Args:
        session: What it was entered with.
        around: The session outside of it; with the same id it goes on, and nobody is told.
    """
    if around is not None and around.id == session.id:
        return
    for listener in listeners:
        try:
            listener(session, not session.id_given)
        except Exception as error:
            caught("a listener to the end of sessions", error)


def _after_fork_in_child() -> None:
    open_here.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


class IdleSessions:
    """Sessions by the time of their last sign of life. Used by one thread at a time.

    Args:
        seconds: After how long without a sign a session is idle; in the unit of *now*.
        most: How many are watched at most.
    """

    def __init__(self, seconds: float, most: int = sys.maxsize) -> None:
        self._seconds = seconds
        self._most = most
        self._last: dict[str, float] = {}

    def __len__(self) -> int:
        """How many sessions are watched."""
        return len(self._last)

    def __contains__(self, session_id: str) -> bool:
        """Whether this session is watched."""
        return session_id in self._last

    def touch(self, session_id: str, now: float) -> str | None:
        """Note a sign of life.

        Returns:
            The session that has been quiet for longest, forgotten because there are more than
            *most*; None as long as there are not.
        """
        self._last.pop(session_id, None)
        self._last[session_id] = now
        return self.pop() if len(self._last) > self._most else None

    def forget(self, session_id: str) -> bool:
        """Watch it no longer; tell whether it was watched."""
        return self._last.pop(session_id, None) is not None

    def pop(self) -> str | None:
        """Forget the session that has been quiet for longest, and return it; None without any."""
        session_id = next(iter(self._last), None)
        if session_id is not None:
            del self._last[session_id]
        return session_id

    def idle(self, now: float) -> list[str]:
        """Forget those that are idle, and return them, the quietest first."""
        found: list[str] = []
        for session_id, last in self._last.items():
            if last + self._seconds > now:
                break
            found.append(session_id)
        for session_id in found:
            del self._last[session_id]
        return found

    def next_idle(self) -> float | None:
        """Return when the first of them will be idle; None without any."""
        last = next(iter(self._last.values()), None)
        return None if last is None else last + self._seconds
