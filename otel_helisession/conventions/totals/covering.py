"""Which span describes a call already: for those who see the call again from further below.

An HTTP request to a model is the plumbing of an LLM span, wherever there is one above it. Only
where there is none it is itself the call.
"""

from __future__ import annotations

from typing import Any, Final

from opentelemetry import context as context_api
from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions import reader
from otel_helisession.conventions.attributes.values import Attributes
from otel_helisession.conventions.dialects import http
from otel_helisession.conventions.operation import REQUEST_KINDS, Kind
from otel_helisession.sessions import live

_LEVELS: Final = 8
"""How far up is looked. Between an SDK's span and its request lie a framework's two or three."""

_SUPPRESSED: Final = "suppress_language_model_instrumentation"
"""The public key in the Context with which Traceloop's instrumentations, among others, tell
those below them that they cover the call."""


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


def beside(span: Any, model: str, ours: str) -> Any:
    """Return an open LLM span of *model* below *span* that is not current; None without one.

    Callbacks, as LangChain's are, start spans for calls and cannot make them current: then
    the request seems to be made next to them. Looks at every open span, 0.3 µs each.

    Args:
        span: What is current where a call is made.
        model: What that asks for. Another model is another call, made at the same time.
        ours: The instrumentation scope whose spans tell of other calls.
    """
    if not span.is_recording():
        return None
    context = span.get_span_context()
    for entry in live.spans.copy().values():
        other = entry()
        if other is None or other is span or other.context.trace_id != context.trace_id:
            continue
        scope = other.instrumentation_scope
        if (scope is not None and scope.name == ours) or not _is_below(other, context.span_id):
            continue
        if reader.kind(reader.attributes_of(other)) != "llm":
            continue
        if reader.read(other).request_model == model:
            return other
    return None


def _is_below(span: Any, key: int) -> bool:
    for _ in range(_LEVELS):
        if span is None or span.parent is None:
            return False
        if span.parent.span_id == key:
            return True
        span = _parent(span)
    return False


def is_llm_suppressed() -> bool:
    """Tell whether an instrumentation of the present call says that it covers it."""
    return bool(context_api.get_value(_SUPPRESSED))


def uncovered(span: ReadableSpan, attributes: Attributes) -> Kind | None:
    """Return what a CLIENT span that just starts calls by HTTP, if nobody above it says so.

    Args:
        span: The span; its parent is still open.
        attributes: What it has by now.
    """
    kind = http.called(attributes)
    if kind is None or (kind == "llm" and is_llm_suppressed()):
        return None
    return kind if covering(_parent(span), kind) is None else None


def _parent(span: Any) -> Any:
    parent = span.parent
    entry = None if parent is None or parent.is_remote else live.find(parent.span_id)
    return None if entry is None else entry()
