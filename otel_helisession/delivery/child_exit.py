"""The end of a forked worker: it leaves by ``os._exit``, without the interpreter's exit hooks."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from typing import Any, Final, TypeVar

_Owner = TypeVar("_Owner")

_LAST: Final = -100
"""Finalizers of a higher priority run first; queues and pools have -5 to 100."""


def at_child_exit(owner: _Owner, end: Callable[[_Owner], object]) -> None:
    """Have ``end(owner)`` called when this worker, just forked, ends in an orderly way.

    Holds for workers of multiprocessing, so of concurrent.futures too, and for those of
    Celery. A worker that is killed, or ended by a signal, does not end in an orderly way.

    Call it in the child, from a hook of ``os.register_at_fork``: what is not imported there
    has not made the worker.

    Args:
        owner: What is to be ended.
        end: Must not raise. The parent may wait for the worker, so it must not take long.
    """
    _with_multiprocessing(sys.modules.get("multiprocessing.util"), owner, end)
    _with_celery(sys.modules.get("celery.signals"), owner, end)


def at_own_exit(owner: _Owner, end: Callable[[_Owner], object]) -> None:
    """Have ``end(owner)`` called when this process ends, if it is a worker of multiprocessing
    that is at work already: one that configures itself, as those of a fork server must.

    Args:
        owner: What is to be ended, if it is still there then.
        end: As for :func:`at_child_exit`.
    """
    util: Any = sys.modules.get("multiprocessing.util")
    parent: Any = getattr(sys.modules.get("multiprocessing"), "parent_process", None)
    if parent is None or parent() is None or not hasattr(util, "Finalize"):
        return
    alive = weakref.ref(owner)

    def leave() -> None:
        owner = alive()
        if owner is not None:
            end(owner)

    util.Finalize(None, leave, exitpriority=_LAST)


def _with_multiprocessing(util: Any, owner: _Owner, end: Callable[[_Owner], object]) -> None:
    """Register a finalizer; those from before are forgotten when the worker begins to work."""
    if not hasattr(util, "Finalize") or not hasattr(util, "register_after_fork"):
        return

    def begin(owner: _Owner) -> None:
        util.Finalize(None, end, args=(owner,), exitpriority=_LAST)

    util.register_after_fork(owner, begin)


def _with_celery(signals: Any, owner: _Owner, end: Callable[[_Owner], object]) -> None:
    if not hasattr(signals, "worker_process_shutdown"):
        return

    def shut_down(**_: Any) -> None:
        end(owner)

    signals.worker_process_shutdown.connect(shut_down, weak=False)
