"""Spans of any content, for hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.span import TraceState

from otel_helisession.otlp.received import ReceivedResource

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)
nanos = st.integers(0, 2**64 - 1)
plain = (
    texts
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.binary(max_size=6)
)
values = st.recursive(
    st.none() | plain,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple) | st.dictionaries(names, inner, max_size=3)
    ),
    max_leaves=5,
)
attributes = st.dictionaries(names, values, max_size=4)
states = st.dictionaries(st.sampled_from(["ot", "a1", "dd/x"]), st.just("rv:0a"), max_size=2).map(
    lambda members: TraceState(list(members.items()))
)


trace_ids = st.integers(1, 2**128 - 1)


@st.composite
def contexts(draw: Any, trace_ids: st.SearchStrategy[int] = trace_ids) -> Any:
    """A span context, also another process's."""
    return SpanContext(
        draw(trace_ids),
        draw(st.integers(1, 2**64 - 1)),
        draw(st.booleans()),
        TraceFlags(TraceFlags.SAMPLED),
        draw(states),
    )


scopes = st.none() | st.builds(
    InstrumentationScope, names, texts, texts, st.dictionaries(names, texts, max_size=2)
)
statuses = st.sampled_from([Status(), Status(StatusCode.OK)]) | st.builds(
    Status, st.just(StatusCode.ERROR), names
)


@st.composite
def spans(draw: Any) -> ReadableSpan:
    """A finished span."""
    own = draw(contexts())
    own = SpanContext(own.trace_id, own.span_id, False, own.trace_flags, own.trace_state)
    far = draw(st.none() | contexts(st.just(own.trace_id)))
    if far is not None:
        far = SpanContext(
            own.trace_id, far.span_id, far.is_remote, own.trace_flags, own.trace_state
        )
    return ReadableSpan(
        draw(texts),
        own,
        far,
        ReceivedResource(draw(attributes), draw(texts)),
        draw(attributes),
        draw(st.lists(st.builds(Event, texts, attributes, nanos), max_size=2)),
        draw(st.lists(st.builds(Link, contexts(), attributes), max_size=2)),
        draw(st.sampled_from(SpanKind)),
        None,
        draw(statuses),
        draw(nanos),
        draw(nanos),
        draw(scopes),
    )
