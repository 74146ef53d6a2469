"""One session's trace while the session is open: what is sent of it, and what it adds to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Final

from opentelemetry.trace import Link, SpanContext

from otel_helisession import semconv
from otel_helisession.conventions.totals.candidate import key_of
from otel_helisession.session_trace.bounds import TraceBounds
from otel_helisession.session_trace.origin import entry_path, origin
from otel_helisession.session_trace.places import Node, Places, Written
from otel_helisession.session_trace.recent import Fate, RecentSpans
from otel_helisession.session_trace.size import encoded_bytes, resource_bytes
from otel_helisession.session_trace.spans import TraceSpan, node_span, request_span
from otel_helisession.session_trace.told import Told
from otel_helisession.sessions.path import ROOT

_ROOT_BYTES: Final = 20_000
"""What is set aside for a root: names, 32 properties of 500 characters, and links."""

_MOST_NAMES: Final = 10
_MOST_LINKS: Final = 32

_OF_SESSION: Final = frozenset(
    {
        semconv.SESSION_ID,
        semconv.OTEL_SESSION_ID,
        semconv.SESSION_BUCKET,
        semconv.CONVERSATION_ID,
        semconv.USER_ID,
    }
)
"""What a root has as the session's spans have it, beside properties."""


class OpenTrace:
    """What has come of a session since it began, or since its trace was closed. Used by one
    thread at a time.

    Args:
        first: What came first.
        bounds: How large the trace may be.
        written: What was written before.
        owner: Whether this process writes the nodes of sessions whose id it did not make; see
            SessionTraceExporter.

    Attributes:
        session_id: Whose trace.
        given: Whether somebody gave it.
        begins_traces: Whether a trace of the session's began here.
        written: What is written now.
    """

    def __init__(
        self, first: Told, bounds: TraceBounds, written: Written, owner: bool | None = None
    ) -> None:
        self.session_id: Final = first.session_id
        self.given = self.begins_traces = False
        self.written: Final = written
        self._bounds = bounds
        self._owner = owner
        self._resource = first.span.resource
        self._places = Places(written, bounds.max_bytes)
        self._recent = RecentSpans()
        self._names: dict[str, None] = {}
        self._begun: list[SpanContext] = []
        self._described: dict[str, Any] = {}
        if not written.bytes:
            written.bytes = min(_ROOT_BYTES, bounds.max_bytes // 4)

    def __len__(self) -> int:
        """How many spans and nodes are remembered."""
        return len(self._recent) + len(self._places)

    def add(self, told: Sequence[Told]) -> list[TraceSpan]:
        """Take what spans tell, and return the spans of requests that are to be sent now.

        One that comes again, because it was not accepted, is sent again as it was.
        """
        fresh = [one for one in told if self._recent.get(one.candidate.key) is None]
        for one in fresh:
            self._note(one)
        requests = [one for one in fresh if one.said.kind != "structure"]
        for one in requests:
            self._hang(one)
        keys = [one.candidate.key for one in requests]
        chosen = frozenset(self._recent.new_requests(keys) if keys else ())
        told = list({one.candidate.key: one for one in told}.values())
        found = [self._sent(one, one.candidate.key in chosen) for one in told]
        self._fold()
        return [span for span in found if span is not None]

    def settle(self, span: TraceSpan, fate: Fate) -> None:
        """Take note of what became of the *span* of a request."""
        assert span.original is not None
        note = self._recent.get(key_of(span.original.context))
        if note is None or note.fate is not Fate.SENT:
            return
        note.fate = fate
        if fate is Fate.LEFT_OUT:
            self.written.requests -= 1
            self.written.bytes -= note.size
            self._places[note.place].left_out += 1

    def is_owned(self) -> bool:
        """Tell whether it is this process that writes the root and the nodes."""
        if self.written.made_here or self._owner is not None:
            return self.written.made_here or bool(self._owner)
        return self.given and self.begins_traces

    def close(self, why: str, now_unix_nano: int) -> list[TraceSpan]:
        """Return the nodes that are not written yet, and the root last, with their totals; from
        now on they count as written. To be called once."""
        self._fold(everything=True)
        closed = {semconv.TRACE_CLOSED: why, semconv.TRACE_CLOSED_AT: _text(now_unix_nano)}
        places = dict(self._places.sum_up())
        links = {_place_of_links(places): [Link(context) for context in self._begun]}
        spans = [
            self._node_span(path, node, closed, links.get(path, []))
            for path, node in places.items()
        ]
        new = [span for span in spans if span.context.span_id not in self.written.nodes]
        self.written.nodes.update(span.context.span_id for span in new)
        return new

    def _note(self, told: Told) -> None:
        """Take what one span tells of the session, its places and itself."""
        attributes = told.span.attributes or {}
        self.given = self.given or told.is_conversation
        if told.begins_trace:
            self.begins_traces = True
            if len(self._begun) < _MOST_LINKS:
                self._begun.append(told.span.context)
        name = attributes.get(semconv.SESSION_NAME)
        if isinstance(name, str) and name and len(self._names) < _MOST_NAMES:
            self._names.setdefault(name)
        for key, value in attributes.items():
            if key in _OF_SESSION or key.startswith(semconv.PROPERTY_PREFIX):
                self._described.setdefault(key, value)
        entry = entry_path(told)
        place = ROOT
        if told.said.kind == "structure":
            place = self._places.find(told.path, told.start, told.end)
        self._recent.add(told, entry, place)

    def _hang(self, told: Told) -> None:
        """Find the node of a request: at its path, if this process writes that node; else at the
        path by which its work came here, which the process that asked for it has been at."""
        note = self._recent.get(told.candidate.key)
        assert note is not None
        path = told.path
        if not (self.written.made_here or self._owner):
            came = origin(told, self._recent)
            if self._owner is False or not (came.begins_trace and self.given):
                path = came.path
        note.place = self._places.find(path, told.start, told.end)

    def _sent(self, told: Told, chosen: bool) -> TraceSpan | None:
        """Return the span of a request that is to be sent, or sent again; None when it is none,
        or there is no room for it."""
        note = self._recent.get(told.candidate.key)
        if note is None or (note.fate is not Fate.SENT and not chosen):
            return None
        span = request_span(told, note.place)
        if chosen:
            note.size = encoded_bytes(span) + resource_bytes(span.resource)
            note.fate = self._make_room(note.size)
            if note.fate is Fate.LEFT_OUT:
                self._places[note.place].left_out += 1
                return None
        return span

    def _make_room(self, size: int) -> Fate:
        written, bounds = self.written, self._bounds
        if written.requests >= bounds.max_requests or written.bytes + size > bounds.max_bytes:
            return Fate.LEFT_OUT
        written.requests += 1
        written.bytes += size
        return Fate.SENT

    def _fold(self, everything: bool = False) -> None:
        """Add to the totals what need not be remembered in full."""
        for note, is_request, is_fault in self._recent.fold(everything):
            totals = self._places[note.place].totals
            if is_request:
                totals.count(note.candidate.kind, note.usage)
            if is_fault:
                totals.fail(note.candidate.kind)

    def _node_span(
        self, path: str, node: Node, closed: dict[str, Any], links: list[Link]
    ) -> TraceSpan:
        names = list(self._names)
        attributes: dict[str, Any] = {semconv.SESSION_NAME: names[0] if names else None}
        if path == ROOT:
            attributes |= self._described
            attributes[semconv.SESSION_NAMES] = tuple(names) if len(names) > 1 else None
        else:
            for key in (semconv.SESSION_ID, semconv.OTEL_SESSION_ID):
                attributes[key] = self._described.get(key)
        attributes[semconv.TRACE_COLLAPSED] = node.left_out or None
        return node_span(
            self.session_id,
            path,
            name=(names[0] if names else "session") if path == ROOT else path.rpartition("/")[2],
            times=(node.start, node.end),
            attributes={**attributes, **node.totals.attributes(), **closed},
            resource=self._resource,
            errors=sum(node.totals.errors.values()),
            links=links,
        )


def _place_of_links(places: Mapping[str, Node]) -> str:
    """Return the path of the node that is linked to the session's traces: the first below the
    root, because Jaeger's pages take a root with links for one whose parent is missing, and say
    that the trace is incomplete."""
    below = [path for path in places if path != ROOT and path.count("/") == 1]
    return min(below, key=lambda path: (places[path].start, path), default=ROOT)


def _text(unix_nano: int) -> str:
    """Return a time as people and databases read it: ``2026-11-22T20:41:07.123Z``."""
    moment = datetime.fromtimestamp(unix_nano / 1e9, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
