"""Links between the traces of one session, for backends that show traces."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from typing import Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor
from opentelemetry.trace import SpanContext

from otel_helisession import environment, semconv
from otel_helisession.guard import caught
from otel_helisession.sessions import live

_MOST: Final = 10_000
"""Sessions of which the last trace is remembered; some 300 bytes each."""


class SessionLinkProcessor(SpanProcessor):
    """Links the first span of each trace to the one of the session's trace before it.

    ``provider.add_span_processor(SessionLinkProcessor())``, after the SessionSpanProcessor, which
    knows the sessions; or ``configure(link_traces=True)``. From turn to turn of a conversation
    one then gets by a click. Traces in this process are linked, those that are sampled; of the
    last 10,000 sessions.
    """

    def __init__(self) -> None:
        self._off = environment.disabled()
        self._last: OrderedDict[str, SpanContext] = OrderedDict()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Link *span* if it begins a trace of a session. On the user's thread; never raises."""
        if self._off or span.parent is not None:
            return
        try:
            entry = live.find(span.context.span_id)
            if entry is not None and entry() is span and span.context.trace_flags.sampled:
                self._link(span, entry.session.id)
        except Exception as error:
            caught("SessionLinkProcessor.on_start", error)

    def _link(self, span: Span, session_id: str) -> None:
        before = self._last.pop(session_id, None)
        if before is not None:
            span.add_link(before, {semconv.LINK_KIND: "previous"})
        self._last[session_id] = span.context
        if len(self._last) > _MOST:
            with contextlib.suppress(KeyError):  # another thread was faster
                self._last.popitem(last=False)
