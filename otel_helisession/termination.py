"""SIGTERM: what waits is delivered before the process ends, and then it ends as it would have.

Without it SIGTERM ends a Python program at once, with no exit hook run. Servers have handlers
of their own, which end the program in an orderly way; they stay in charge.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.delivery.exit import EXIT_MILLIS, flush_all, shut_down_all
from otel_helisession.delivery.thread import started
from otel_helisession.guard import once

_GRACE_SECONDS: Final = 0.5
"""How long after its time the delivery is still waited for."""

_INIT: Final = 1
"""The first process of a container, which the kernel lets no signal kill that it has no handler
for. It would live on with nothing delivered any more; so it exits as one that SIGTERM killed."""

_previous: Any = signal.SIG_DFL
"""What was to happen on SIGTERM before."""


def chosen(given: bool | None) -> Callable[[], Callable[[], None]]:
    """Return :func:`handle_sigterm` if that was asked for, else what does nothing.

    Args:
        given: What the user said. None reads ``HELISESSION_HANDLE_SIGTERM``, else False.

    Raises:
        ValueError: The variable is neither a yes nor a no.
    """
    wanted = environment.flag(names.HELISESSION_HANDLE_SIGTERM) if given is None else given
    return handle_sigterm if wanted else lambda: _nothing


def handle_sigterm() -> Callable[[], None]:
    """Deliver what waits when SIGTERM comes, for at most 5 seconds, and go on with what was to
    happen before: the program's handler, or death by SIGTERM.

    A SIGTERM that the process ignores it goes on ignoring. Handlers belong to the main thread:
    elsewhere this is one warning, and nothing else. A handler that the program sets later
    replaces this one.

    Returns:
        What takes it back, where nobody has set another handler since.
    """
    global _previous
    if threading.current_thread() is not threading.main_thread():
        _warn("it can only be handled from the main thread; call configure() there")
        return _nothing
    before = signal.getsignal(signal.SIGTERM)
    if before is signal.SIG_IGN or before is _on_sigterm:
        return _nothing
    if before is None:
        _warn("something that is not Python handles it")
        return _nothing
    _previous = before
    signal.signal(signal.SIGTERM, _on_sigterm)
    return _take_back


def _take_back() -> None:
    on_main_thread = threading.current_thread() is threading.main_thread()
    if on_main_thread and signal.getsignal(signal.SIGTERM) is _on_sigterm:
        signal.signal(signal.SIGTERM, _previous)


def _nothing() -> None:
    pass


def _on_sigterm(number: int, frame: FrameType | None) -> None:
    """Deliver on another thread: this one may have been interrupted while it held a lock."""
    dies = _previous is signal.SIG_DFL
    deliver: Callable[[float], object] = shut_down_all if dies else flush_all
    thread = threading.Thread(
        target=deliver, args=(EXIT_MILLIS,), name="helisession-sigterm", daemon=True
    )
    if started(thread):
        thread.join(EXIT_MILLIS / 1_000 + _GRACE_SECONDS)
    if not dies:
        _previous(number, frame)
        return
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    if os.getpid() == _INIT:
        os._exit(128 + number)


def _warn(reason: str) -> None:
    once(("sigterm", reason), logging.WARNING, "SIGTERM is left as it is: %s", reason)
