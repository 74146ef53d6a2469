"""Spans that have ended and wait for an exporter that is not ours to run.

Only filled once somebody needs it (see remember()), and weak: an entry is gone with its span.
"""

from __future__ import annotations

import weakref

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.sessions import live
from otel_helisession.sessions.live import LiveSpan

_ended: weakref.WeakKeyDictionary[ReadableSpan, LiveSpan] = weakref.WeakKeyDictionary()
wanted = False
"""Whether put() shall be called at all."""


def remember() -> None:
    """Keep the entries of ended spans from now on, for as long as the span itself is held."""
    global wanted
    wanted = True


def put(span: ReadableSpan, entry: LiveSpan) -> None:
    """Keep *entry* for *span*."""
    _ended[span] = entry


def get(span: ReadableSpan) -> LiveSpan | None:
    """Return the entry of *span*, which has ended or is just ending; None if it has none."""
    entry = _ended.get(span) if wanted else None
    if entry is None:
        context = span.get_span_context()
        entry = None if context is None else live.find(context.span_id)
    return entry
