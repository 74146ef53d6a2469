"""Our own traffic is never traced: threads that export say so to every instrumentation."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache


def suppressed() -> AbstractContextManager[None]:
    """Return a block in which no OpenTelemetry instrumentation makes spans.

    Every instrumentation rests on the package that defines this; where it is not
    installed there is none to suppress.
    """
    return suppression()()


@cache
def suppression() -> Callable[[], AbstractContextManager[None]]:
    """Return what makes such blocks, imported once.

    To call it before threads start keeps them from importing: a fork of C code meanwhile, as
    uWSGI's, would leave the child with that import locked for ever.
    """
    try:
        from opentelemetry.instrumentation.utils import suppress_instrumentation
    except ImportError:
        return nullcontext
    return suppress_instrumentation
