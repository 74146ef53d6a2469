"""The sampler: whole sessions are kept or dropped, the same ones in every process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import (
    Decision,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, TraceState, get_current_span
from opentelemetry.util.types import Attributes

from otel_helisession.guard import caught
from otel_helisession.sessions.adoption import ADOPTED_KEYS, adopt, clean_keys
from otel_helisession.sessions.bucket import randomness, threshold
from otel_helisession.sessions.context import context_session

_VENDOR: Final = "ot"
"""OpenTelemetry's own entry in tracestate."""

_MAX_ENTRIES: Final = 32
_MAX_VALUE_CHARS: Final = 256
"""W3C's limits of tracestate."""

_REMEMBERED: Final = 1_024
"""Sessions whose decision is kept, so that each is worked out once; some 300 bytes each."""


class SessionSampler(Sampler):
    """Keeps *ratio* of all sessions, each whole, and the same ones in every process.

    ``TracerProvider(sampler=SessionSampler(0.1))``. A root span of a session is decided by the
    session's id alone (see sessions.bucket), and carries the number that decided in its
    tracestate as ``ot=rv:``, so that OpenTelemetry's consistent samplers after it agree. A span
    with a parent, here or in another process, does what its parent did.

    So sessions are whole where the session is known when each trace starts. Where traces start
    outside of it (a web server's span, in whose handler ``session()`` stands), *otherwise*
    decides trace by trace; for whole sessions there, see WholeSessionExporter.

    Args:
        ratio: Which part of sessions to keep, from 0 (none) to 1 (all).
        otherwise: Decides root spans without a session. None: TraceIdRatioBased(*ratio*), so
            that the ratio is that of everything; ALWAYS_ON here would keep all that is not a
            session, health checks first.
        adopt: Attributes in which other libraries name a session; as for the processor. Only
            what a span starts with is seen here.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: *ratio* is not between 0 and 1.
    """

    def __init__(
        self,
        ratio: float,
        *,
        otherwise: Sampler | None = None,
        adopt: Iterable[str] = ADOPTED_KEYS,
    ) -> None:
        self._ratio = ratio
        self._threshold = threshold(ratio)
        if otherwise is not None and not callable(getattr(otherwise, "should_sample", None)):
            raise TypeError(f"otherwise must be a Sampler or None, not {type(otherwise).__name__}")
        self._otherwise = TraceIdRatioBased(ratio) if otherwise is None else otherwise
        self._adopted = clean_keys(adopt)
        self._adopted_set = frozenset(self._adopted)
        self._decide = lru_cache(maxsize=_REMEMBERED)(self._decided)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Decide one span, on the thread that starts it, in one or two microseconds. Never raises
        for our fault: then *otherwise* decides."""
        try:
            parent = get_current_span(parent_context).get_span_context()
            if parent.is_valid:
                if parent.trace_flags.sampled:
                    return SamplingResult(
                        Decision.RECORD_AND_SAMPLE, attributes, parent.trace_state
                    )
                return SamplingResult(Decision.DROP, None, parent.trace_state)
            session_id = self._session_id(parent_context, kind, attributes)
            if session_id is not None:
                decision, state = self._decide(session_id)
                if trace_state:
                    state = with_randomness(trace_state, randomness(session_id))
                sampled = decision is Decision.RECORD_AND_SAMPLE
                return SamplingResult(decision, attributes if sampled else None, state)
        except Exception as error:
            caught("SessionSampler.should_sample", error)
        return self._otherwise.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )

    def get_description(self) -> str:
        """Return ``SessionSampler{0.1,otherwise:...}``."""
        return f"SessionSampler{{{self._ratio},otherwise:{self._otherwise.get_description()}}}"

    def _session_id(
        self, context: Context | None, kind: SpanKind | None, attributes: Any
    ) -> str | None:
        session = context_session(context)
        if session is None and attributes and not self._adopted_set.isdisjoint(attributes):
            session = adopt(attributes, kind or SpanKind.INTERNAL, self._adopted)
        return None if session is None else session.id

    def _decided(self, session_id: str) -> tuple[Decision, TraceState]:
        number = randomness(session_id)
        kept = number >= self._threshold
        decision = Decision.RECORD_AND_SAMPLE if kept else Decision.DROP
        return decision, with_randomness(None, number)


def with_randomness(state: TraceState | None, number: int) -> TraceState:
    """Return *state* with *number* as OpenTelemetry's randomness value, ``ot=rv:``.

    What else ``ot`` says stays, but for a threshold (``th``), which spoke of another decision.
    The entry comes first, as W3C wants of the latest; the last of more than 32 goes.

    Args:
        state: Of the trace so far; None when there is none. Not modified.
        number: R, below 2**56.
    """
    entries = dict(state or {})
    others = [
        member
        for member in entries.pop(_VENDOR, "").split(";")
        if member and member[:3] not in ("rv:", "th:")
    ]
    value = f"rv:{number:014x}"
    for member in others:
        if len(value) + 1 + len(member) <= _MAX_VALUE_CHARS:
            value = f"{value};{member}"
    return TraceState([(_VENDOR, value), *list(entries.items())[: _MAX_ENTRIES - 1]])
