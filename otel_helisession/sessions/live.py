"""Spans that are open now: whose session each is, and where it hangs in the path.

A child finds its parent here when the Context was lost, and the path of a span is
refined here while it lives. Entries hold the span weakly, so a span that nobody ends
costs nothing once it is gone.

The path of a span is the explicit path it started at (``session()``, ``step()``), or its
parent's, extended by its own segment when it turns out to be a unit of work. A path that
has been shown to somebody outside (a header, an export, a ``step()`` below it) is fixed,
and so are the segments above it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import SpanContext, SpanKind

from otel_helisession.sessions.path import clean_segment, join
from otel_helisession.sessions.value import Session

if TYPE_CHECKING:  # the propagator must load where there is only the API
    from opentelemetry.sdk.trace import ReadableSpan

Rule = Callable[["ReadableSpan"], "str | None"]
"""Names the segment that a span adds to the path; None when that is not known yet,
the empty string when it adds none."""


_INCOMING = frozenset({SpanKind.SERVER, SpanKind.CONSUMER})


class LiveSpan(weakref.ref):  # type: ignore[type-arg]
    """One span of a session, from its start until the last of its children is exported.

    Attributes:
        session: Whose span it is, at the explicit path that was current at its start.
        scope: The Session of the Context that it started in; None when it came from elsewhere.
        above: The live span whose path it extends; None below an explicit path.
        position: The path above it, as known at its start.
        segment: What it adds to the path; None while unknown.
        rule: Finds the segment.
        ended: The finished span, until its segment has been read off it.
        fixed: The path, once it was shown outside.
        below: The path that its children start from, as known when the first one started.
        context: Its SpanContext, which its children in this process have as their parent.
    """

    __slots__ = (
        "above",
        "below",
        "context",
        "ended",
        "fixed",
        "position",
        "rule",
        "scope",
        "segment",
        "session",
    )

    session: Session
    scope: Session | None
    above: LiveSpan | None
    position: str
    segment: str | None
    rule: Rule
    ended: ReadableSpan | None
    fixed: str | None
    below: str | None
    context: SpanContext

    def path(self) -> str:
        """Return the path as far as it is known now, with the own segment; in constant time."""
        fixed = self.fixed
        if fixed is not None:
            return fixed
        segment = self.segment
        if segment is None:
            segment = self._find_segment()
        return self.position if not segment else _extend(self.position, segment)

    def fix(self) -> str:
        """Return the path and make it final, with all segments above it."""
        chain: list[LiveSpan] = []
        node: LiveSpan | None = self
        while node is not None and node.fixed is None:
            chain.append(node)
            node = node.above
        path = None if node is None else node.fixed
        for node in reversed(chain):
            if path is not None:
                node.position = path
            path = node.fixed = node.below = node.path()
            node.above = node.ended = None
        assert path is not None
        return path

    def claim(self, session: Session) -> None:
        """Make this span *session*'s from now on, at exactly its path, which is final."""
        self.session = self.scope = session
        self.position = self.fixed = self.below = session.path
        self.segment = ""
        self.above = self.ended = None

    def _find_segment(self) -> str | None:
        span = self.ended or self()
        if span is None:
            return None
        found = self.rule(span)
        if found is None and self.ended is None:
            return None
        self.segment = clean_segment(found or "")
        self.ended = None
        return self.segment


def _extend(position: str, segment: str) -> str:
    """Join the segment, unless the position ends in it: a wrapper repeats what it wraps."""
    if position.endswith(segment) and position[-len(segment) - 1 : -len(segment)] == "/":
        return position
    return join(position, segment)


spans: dict[int, LiveSpan] = {}
"""Open spans by span id, of every provider: a child may be another provider's."""

find = spans.get
"""Return the live span with this span id, or None."""

remove = spans.pop
"""Forget the span with this span id, which has ended, and return its entry: remove(key, None)."""


def _forget(live: LiveSpan) -> None:
    key = live.context.span_id
    if spans.get(key) is live:
        spans.pop(key, None)


def came_in(span: Any, above: LiveSpan) -> bool:
    """Tell whether another process asked for *span*, though its parent has the id of *above*, here.

    Within a process, too, a Context may travel as text, in Logfire's streams and programs'
    queues: such a parent is remote by name only. It is in the same trace, and what it started
    serves nobody's request.
    """
    parent: SpanContext = span.parent
    return parent.is_remote and (
        span.kind in _INCOMING or above() is None or above.context.trace_id != parent.trace_id
    )


def add(
    span: Any,
    context: SpanContext,
    session: Session,
    scope: Session | None,
    above: LiveSpan | None,
    rule: Rule,
) -> LiveSpan | None:
    """Register *span*, of this *context*, as started, and return its entry; None: it has one."""
    live = LiveSpan(span, _forget)
    live.session = session
    live.scope = scope
    live.above = above
    if above is None:
        live.position = session.path
    else:
        if above.below is None:
            above.below = above.path()
        live.position = above.below
    live.below = None
    live.segment = None
    live.rule = rule
    live.ended = None
    live.fixed = None
    live.context = context
    key = context.span_id
    known = spans.setdefault(key, live)
    if known is not live:
        if known() is span:
            return None
        spans[key] = live  # two traces have a span of this id
    return live


def open_sessions() -> set[str]:
    """Return the ids of the sessions that have spans open."""
    return {entry.session.id for entry in spans.copy().values()}


def count() -> int:
    """Return how many spans of sessions are open."""
    return len(spans)
