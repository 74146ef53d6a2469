"""The boundary between our faults and the user's program: log once a cause, and go on.

Each OpenTelemetry callback and HTTP hook has one ``except Exception`` that calls
:func:`caught`. Our own tests set :data:`strict`, so that no test passes on a swallowed bug.
"""

from __future__ import annotations

import logging
import os
import threading
import traceback

logger = logging.getLogger("otel_helisession")


def _masked(text: str) -> str:
    """Mask what looks like a secret. Its patterns take 8 ms to load: once there is a log line."""
    from otel_helisession.redaction import redact

    return redact(text)


class _Masked(logging.Filter):
    """Masks what looks like a secret in our log lines: exporters' errors quote URLs and headers."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change *record* where it must be; pass every one on."""
        message = record.getMessage()
        masked = _masked(message)
        if masked != message:
            record.msg, record.args = masked, ()
        if record.exc_info and record.exc_info[1] is not None:
            trace = "".join(traceback.format_exception(*record.exc_info)).rstrip()
            masked = _masked(trace)
            if masked != trace:
                record.exc_info, record.exc_text = None, masked
        return True


logger.addFilter(_Masked())

strict: bool = False
"""When True, :func:`caught` raises again what it was given. For tests."""

_MAX_CAUSES = 1_000
"""Remembered causes; beyond it nothing new is logged, so that memory stays bounded."""

_seen: set[object] = set()
_lock = threading.Lock()


def once(cause: object, level: int, message: str, *args: object) -> None:
    """Log *message* if *cause*, any hashable value, has not been logged before."""
    with _lock:
        if cause in _seen or len(_seen) >= _MAX_CAUSES:
            return
        _seen.add(cause)
    logger.log(level, message, *args)


def caught(where: str, error: BaseException) -> None:
    """Report *error*, caught at the boundary *where*, and let the user's call go on."""
    if strict:
        raise error
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else None
    with _lock:
        cause = (where, type(error), place)
        if cause in _seen or len(_seen) >= _MAX_CAUSES:
            return
        _seen.add(cause)
    logger.error(
        "%s failed with %s; your program is not affected. Further failures of this kind "
        "are not logged.",
        where,
        type(error).__name__,
        exc_info=error,
    )


def _after_fork_in_child() -> None:
    global _lock
    _lock = threading.Lock()  # another thread of the parent may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def reset() -> None:
    """Forget what was logged. For tests."""
    with _lock:
        _seen.clear()
