"""Our own traffic is never traced: threads that export say so to every instrumentation."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext


def suppressed() -> AbstractContextManager[None]:
    """Return a block in which no OpenTelemetry instrumentation makes spans.

    Every instrumentation rests on the package that defines this; where it is not
    installed there is none to suppress.
    """
    try:
        from opentelemetry.instrumentation.utils import suppress_instrumentation
    except ImportError:
        return nullcontext()
    return suppress_instrumentation()
