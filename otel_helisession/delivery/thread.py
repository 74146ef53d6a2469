"""Starting a thread where the interpreter may be about to end."""

from __future__ import annotations

import threading


def started(thread: threading.Thread) -> bool:
    """Start *thread*; False when it cannot be, as in an exit hook of Python 3.12 and later."""
    try:
        thread.start()
    except RuntimeError:
        return False
    return True
