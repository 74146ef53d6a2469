"""The end of a forked worker: it leaves by ``os._exit``, without the interpreter's exit hooks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final, TypeVar

_Owner = TypeVar("_Owner")

_FAMILIES: Final = ("multiprocessing.util", "billiard.util")
"""The standard library's processes, and Celery's fork of it. Both run finalizers of their own
in a worker that ends, but forget those that were registered before the fork."""

_LAST: Final = -100
"""Finalizers of a higher priority run first; queues and pools have -5 to 100."""


def at_child_exit(owner: _Owner, end: Callable[[_Owner], object]) -> None:
    """Have ``end(owner)`` called when this worker, just forked, ends in an orderly way.

    Call it in the child, from a hook of ``os.register_at_fork``. A worker that is killed, or
    terminated by a signal, does not end in an orderly way.

    Args:
        owner: Held weakly until the worker begins to work.
        end: Must not raise. The parent may wait for the worker, so it must not take long.
    """
    for name in _FAMILIES:
        util = sys.modules.get(name)
        finalize = getattr(util, "Finalize", None)
        register = getattr(util, "register_after_fork", None)
        if finalize is not None and register is not None:
            # Runs after the parent's finalizers have been forgotten.
            register(owner, _finalizing(finalize, end))


def _finalizing(
    finalize: Callable[..., object], end: Callable[[_Owner], object]
) -> Callable[[_Owner], None]:
    def register(owner: _Owner) -> None:
        finalize(None, end, args=(owner,), exitpriority=_LAST)

    return register
