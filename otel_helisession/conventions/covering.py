"""Which span describes a call already: for those who see the call again from further below.

An HTTP request to a model is the plumbing of an LLM span, wherever there is one above it. Only
where there is none it is itself the call.
"""

from __future__ import annotations

from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions import http, reader
from otel_helisession.conventions.operation import REQUEST_KINDS, Kind
from otel_helisession.conventions.values import Attributes
from otel_helisession.sessions import live

_LEVELS: Final = 8
"""How far up is looked. Between an SDK's span and its request lie a framework's two or three."""


def covering(span: Any, kind: Kind) -> Any:
    """Return the span that describes a call of *kind* made within *span*; None without one.

    That is the nearest request among *span* and the open spans above it, if it is of that
    kind: below a tool, a model is called anew. Costs 2 µs a level. Above *span* only spans
    of sessions are known.

    Args:
        span: Any span; one that is not recording covers nothing.
        kind: What the call is.
    """
    for _ in range(_LEVELS):
        if span is None or not span.is_recording() or not hasattr(span, "attributes"):
            return None
        found = reader.kind(reader.attributes_of(span))
        if found in REQUEST_KINDS:
            return span if found == kind else None
        span = _parent(span)
    return None


def uncovered(span: ReadableSpan, attributes: Attributes) -> Kind | None:
    """Return what a CLIENT span that just starts calls by HTTP, if nobody above it says so.

    Args:
        span: The span; its parent is still open.
        attributes: What it has by now.
    """
    kind = http.called(attributes)
    return None if kind is None or covering(_parent(span), kind) is not None else kind


def _parent(span: Any) -> Any:
    parent = span.parent
    entry = None if parent is None or parent.is_remote else live.find(parent.span_id)
    return None if entry is None else entry()
