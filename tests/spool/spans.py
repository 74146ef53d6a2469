"""Spans for the spool: any that OpenTelemetry can make, and short ones to count."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
)

RESOURCE = Resource({"service.name": "tests"})
SCOPE = InstrumentationScope("tests", "1.0")
EPOCH = 1_767_225_600_000_000_000
"""2026-01-01T00:00:00Z."""

_numbers = itertools.count(1)


def span(name: str = "plan", number: int | None = None, **attributes: Any) -> ReadableSpan:
    """Return a finished span; ``__`` in an attribute's name is a dot."""
    number = next(_numbers) if number is None else number
    return ReadableSpan(
        name,
        SpanContext(0xA11CE, number, False, TraceFlags(1)),
        resource=RESOURCE,
        attributes={key.replace("__", "."): value for key, value in attributes.items()},
        start_time=EPOCH,
        end_time=EPOCH + 1_000,
        instrumentation_scope=SCOPE,
    )


def named(*names: str) -> list[ReadableSpan]:
    """Return a span a name."""
    return [span(name) for name in names]


def names_of(spans: Iterable[ReadableSpan]) -> list[str]:
    """Return the spans' names."""
    return [one.name for one in spans]


def told(one: ReadableSpan) -> dict[str, Any]:
    """Return everything that the public API tells of a span, as values that compare."""
    scope = one.instrumentation_scope
    return {
        "name": one.name,
        "context": _context(one.get_span_context()),
        "parent": _context(one.parent),
        "kind": one.kind,
        "times": (one.start_time, one.end_time),
        "attributes": _typed(one.attributes),
        "events": [
            (event.name, event.timestamp, _typed(event.attributes), event.dropped_attributes)
            for event in one.events
        ],
        "links": [
            (_context(link.context), _typed(link.attributes), link.dropped_attributes)
            for link in one.links
        ],
        "status": (one.status.status_code, one.status.description),
        "resource": (_typed(one.resource.attributes), one.resource.schema_url),
        "scope": scope and (scope.name, scope.version, scope.schema_url, _typed(scope.attributes)),
        "dropped": (one.dropped_attributes, one.dropped_events, one.dropped_links),
    }


def _context(context: SpanContext | None) -> Any:
    if context is None:
        return None
    return (
        context.trace_id,
        context.span_id,
        context.is_remote,
        int(context.trace_flags),
        list(context.trace_state.items()),
        context.is_valid,
    )


def _typed(value: Any) -> Any:
    """Return *value* so that 1, 1.0 and True differ, nan equals itself, and order counts."""
    if value is None or isinstance(value, (str, bytes)):
        return value
    if hasattr(value, "items"):
        return [(key, _typed(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return ("sequence", [_typed(item) for item in value])
    return (type(value).__name__, repr(value))


_TEXT = st.text(max_size=12) | st.text(st.characters(categories=["Cs", "Lu", "So"]), max_size=6)
"""Text of any characters, and with lone surrogates."""

_PLAIN = (
    _TEXT
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.binary(max_size=12)
    | st.just(10**30)
    | st.none()
)
_NAMES = st.text(min_size=1, max_size=12)
VALUES = st.recursive(
    _PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple) | st.dictionaries(_NAMES, inner, max_size=4)
    ),
    max_leaves=12,
)
"""What newest OpenTelemetry takes for an attribute."""

ATTRIBUTES = st.dictionaries(_NAMES, VALUES, max_size=6)

_STATES = st.just([]) | st.just([("ot", "rv:00ff00ff00ff00"), ("vendor", "a b!")])
CONTEXTS = st.builds(
    lambda trace, number, remote, flags, state: SpanContext(
        trace, number, remote, TraceFlags(flags), TraceState(state)
    ),
    st.integers(0, 2**128 - 1),
    st.integers(0, 2**64 - 1),
    st.booleans(),
    st.integers(0, 255),
    _STATES,
)
_TIMES = st.none() | st.integers(0, 2**63 - 1)
_STATUSES = st.sampled_from([Status(), Status(StatusCode.OK)]) | st.builds(
    lambda text: Status(StatusCode.ERROR, text), st.none() | _TEXT
)
_URLS = st.sampled_from(["", "https://opentelemetry.io/schemas/1.30.0"])


def _resource(attributes: dict[str, Any], url: str) -> Resource:
    return Resource(attributes, url)


SPANS = st.builds(
    lambda resource, scope, events, links, **rest: ReadableSpan(
        resource=resource, instrumentation_scope=scope, events=events, links=links, **rest
    ),
    resource=st.builds(_resource, st.dictionaries(_NAMES, _TEXT | st.integers()), _URLS),
    scope=st.none()
    | st.builds(
        InstrumentationScope,
        _TEXT,
        st.none() | _TEXT,
        _URLS,
        st.dictionaries(_NAMES, _TEXT, max_size=2),
    ),
    events=st.lists(
        st.builds(Event, _TEXT, st.none() | ATTRIBUTES, st.integers(0, 2**63 - 1)), max_size=3
    ),
    links=st.lists(st.builds(Link, CONTEXTS, st.none() | ATTRIBUTES), max_size=2),
    name=_TEXT,
    context=st.none() | CONTEXTS,
    parent=st.none() | CONTEXTS,
    attributes=ATTRIBUTES,
    kind=st.sampled_from(SpanKind),
    status=_STATUSES,
    start_time=_TIMES,
    end_time=_TIMES,
)


def take(spool: Any, destination: str = "helicone") -> list[Sequence[ReadableSpan]]:
    """Return the spans of all parcels that can be claimed, and say that they are done."""
    found = []
    for parcel in spool.parcels(destination):
        found.append(parcel.spans)
        parcel.done()
    return found
