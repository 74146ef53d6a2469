"""One received span as the store keeps it, before it is known where in its trace it hangs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind

from otel_helisession import semconv
from otel_helisession.conventions import discretion, reader
from otel_helisession.conventions.operation import REQUEST_KINDS
from otel_helisession.conventions.totals.pricing import priced
from otel_helisession.finishing import finish, without_content
from otel_helisession.guard import caught
from otel_helisession.intake.family import Member, Place
from otel_helisession.otlp.decoding import spans_of
from otel_helisession.otlp.encoding import request_of
from otel_helisession.sessions.adoption import ADOPTED_KEYS, adopt
from otel_helisession.sessions.path import clean_segment
from otel_helisession.store.body import origin
from otel_helisession.store.entry import Entry, entry
from otel_helisession.store.placing import Stored

_NAMING: Final = frozenset(ADOPTED_KEYS)
_WORDS: Final = frozenset(
    {*ADOPTED_KEYS, semconv.SESSION_NAME, semconv.SESSION_PATH, semconv.USER_ID}
)
_FAMILIES: Final = ("traceloop.association.", "langfuse.")
"""Where other libraries say a session's name, path and user."""


class Prepared(NamedTuple):
    """One span.

    Attributes:
        entry: What is stored of it; session and path are filled in by :func:`placed`.
        member: What its place in its trace depends on.
        again: The span as it came, where log records may still say what was said in it.
    """

    entry: Entry
    member: Member
    again: bytes | None


class Preparation(NamedTuple):
    """The spans of one batch.

    Attributes:
        made: Those that can be stored, in their order.
        unstorable: How many were too odd.
    """

    made: list[Prepared]
    unstorable: int


def prepare(body: bytes, has_content: bool) -> Preparation:
    """Return the spans of a batch; one that is too odd costs itself alone.

    Args:
        body: An ExportTraceServiceRequest.
        has_content: Whether messages, arguments and results are kept.
    """
    made: list[Prepared] = []
    odd: list[str] = []
    origins: _Origins = {}
    for span in spans_of(ExportTraceServiceRequest.FromString(body), odd.append):
        try:
            one = _prepared(span, has_content, origins)
        except Exception as error:
            caught("reading a received span", error)
            odd.append(span.name)
            continue
        if one is not None:
            made.append(one)
    return Preparation(made, len(odd))


_Origins = dict[tuple[int, int], tuple[Any, tuple[int, str]]]
"""Resource and scope, encoded, by their objects, which spans of a batch share."""


def _prepared(span: ReadableSpan, has_content: bool, origins: _Origins) -> Prepared | None:
    """Return *span* read, masked and encoded; None for one that is stored nowhere.

    Attributes stay as they were sent, but for secrets. Some 300 µs for a call of 3 kB.
    """
    if reader.is_pending(span):
        return None
    span = finish(span, None, ())
    operation = priced(reader.read(span), span.start_time)
    attributes = reader.attributes_of(span)
    again = None
    if has_content and operation.kind == "llm" and not operation.conversation.output:
        again = bytes(request_of([span]).SerializeToString())
    if not has_content:
        span, operation = without_content(span), discretion.without_content(operation)
    made = entry(span, operation, _origin(span, origins))
    row = made.row
    is_ours, said = _said(attributes, span.kind)
    member = Member(
        row.span_id,
        row.parent_span_id,
        clean_segment(operation.segment),
        said,
        is_ours,
        operation.kind in REQUEST_KINDS,
        row.name,
    )
    return Prepared(made, member, again)


def placed(one: Prepared) -> Entry:
    """Return what is stored of a span whose member has found its place."""
    place = one.member.place
    row = one.entry.row._replace(
        session_id=place.session_id,
        session_name=place.session_name,
        path=place.path,
        user_id=place.user_id or one.entry.row.user_id,
    )
    return one.entry._replace(row=row)


def _origin(span: ReadableSpan, origins: _Origins) -> tuple[int, str]:
    key = (id(span.resource), id(span.instrumentation_scope))
    found = origins.get(key)
    if found is None:
        held = (span.resource, span.instrumentation_scope)  # so that their ids stay theirs
        found = origins[key] = (held, origin(span))
    return found[1]


def recalled(stored: Stored) -> Member:
    """Return a span of the store as a member of its trace."""
    kind = _KINDS.get(stored.span_kind, SpanKind.INTERNAL)
    is_ours, said = _said(stored.attributes, kind)
    return Member(
        stored.span_id,
        stored.parent_span_id,
        clean_segment(stored.segment),
        said,
        is_ours,
        stored.kind in REQUEST_KINDS,
        stored.name,
    )


_KINDS: Final = {kind.name.lower(): kind for kind in SpanKind}


def _said(attributes: Mapping[str, Any], kind: SpanKind) -> tuple[bool, Place | None]:
    """Return whether our own SDK names a session in *attributes*, and the session."""
    if _NAMING.isdisjoint(attributes):
        return False, None
    words = tuple(
        (name, value)
        for name, value in attributes.items()
        if (name in _WORDS or name.startswith(_FAMILIES)) and isinstance(value, str) and value
    )
    place = _adopted(words, kind)
    return place is not None and semconv.SESSION_ID in attributes, place


@lru_cache(maxsize=2_048)
def _adopted(words: tuple[tuple[str, str], ...], kind: SpanKind) -> Place | None:
    """Return the session that is named; the spans of one at one place say the same."""
    said = dict(words)
    session = adopt(said, kind)
    if session is None:
        return None
    has_path = session.path != "/" or semconv.SESSION_PATH in said
    return Place(session.id, session.name, session.path if has_path else "", session.user_id)
