"""Spans of this process by their id, open or on their way out: for whoever asks about a parent.

A child leaves before its parent, mostly, and may leave alone. Only filled once somebody needs
it (see remember()), and weak: an entry is gone with its span. Open spans of sessions are not
noted again, for :mod:`otel_helisession.sessions.live` knows them.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from opentelemetry.trace import SpanContext

from otel_helisession.sessions import live

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

_spans: weakref.WeakValueDictionary[int, ReadableSpan] = weakref.WeakValueDictionary()
wanted = False
"""Whether put() shall be called at all."""


def remember() -> None:
    """Keep track of spans from now on."""
    global wanted
    wanted = True


def put(span: ReadableSpan) -> None:
    """Note *span*, which has started, has ended, or was copied, in place of what it was before."""
    context = span.get_span_context()
    if context is not None:
        _spans[context.span_id] = span


def find(context: SpanContext) -> ReadableSpan | None:
    """Return the span of this *context*, open or ended; None when it was never noted, or has left
    the process."""
    entry = live.find(context.span_id)
    span = None if entry is None else entry()
    if span is None:
        span = _spans.get(context.span_id)
    found = None if span is None else span.get_span_context()
    return span if found is not None and found.trace_id == context.trace_id else None
