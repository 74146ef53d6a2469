"""FinishedSpan: a span as it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanContext, Status

from otel_helisession.finishing.cleaning import Cleaning


class FinishedSpan(ReadableSpan):
    """A span with attributes, events, status or parent of ours, and all else as it was.

    The counts of what the SDK's limits dropped are the original's; a plain copy loses them.

    Attributes:
        cleaning: What its texts have been through; None when it was nothing.
    """

    def __init__(
        self,
        span: ReadableSpan,
        attributes: Mapping[str, Any],
        *,
        name: str | None = None,
        parent: SpanContext | None,
        resource: Resource | None = None,
        events: Sequence[Event] | None = None,
        links: Sequence[Link] | None = None,
        status: Status | None = None,
        cleaning: Cleaning | None = None,
    ) -> None:
        super().__init__(
            name=span.name if name is None else name,
            context=span.get_span_context(),
            parent=parent,
            resource=span.resource if resource is None else resource,
            attributes=attributes,
            events=span.events if events is None else events,
            links=span.links if links is None else links,
            kind=span.kind,
            status=span.status if status is None else status,
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )
        self.cleaning = cleaning
        self._dropped = (span.dropped_attributes, span.dropped_events, span.dropped_links)

    @property
    def dropped_attributes(self) -> int:
        """How many attributes the SDK's limits dropped from the original."""
        return self._dropped[0]

    @property
    def dropped_events(self) -> int:
        """How many events the SDK's limits dropped from the original."""
        return self._dropped[1]

    @property
    def dropped_links(self) -> int:
        """How many links the SDK's limits dropped from the original."""
        return self._dropped[2]


def under(span: ReadableSpan, parent: SpanContext | None) -> FinishedSpan:
    """Return *span* as it would be had *parent* started it; None makes it a root."""
    cleaning = span.cleaning if isinstance(span, FinishedSpan) else None
    return FinishedSpan(span, span.attributes or {}, parent=parent, cleaning=cleaning)
