"""Spans, events, links and resources that came over the wire, exactly as they were sent.

The SDK's own classes count what limits dropped in containers of theirs, and clean attributes
that have been cleaned where they come from; these only hold what they are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanContext


class ReceivedSpan(ReadableSpan):
    """A span of any process and language.

    Args:
        dropped: How many attributes, events and links were dropped where it was made.
        fields: What ReadableSpan takes.
    """

    def __init__(self, dropped: tuple[int, int, int], **fields: Any) -> None:
        super().__init__(**fields)
        self._dropped = dropped

    @property
    def dropped_attributes(self) -> int:
        """How many attributes limits dropped where the span was made."""
        return self._dropped[0]

    @property
    def dropped_events(self) -> int:
        """How many events limits dropped where the span was made."""
        return self._dropped[1]

    @property
    def dropped_links(self) -> int:
        """How many links limits dropped where the span was made."""
        return self._dropped[2]


class ReceivedEvent(Event):
    """An event of such a span."""

    def __init__(
        self, name: str, attributes: Mapping[str, Any], timestamp: int, dropped: int
    ) -> None:
        super().__init__(name, attributes, timestamp)
        self._dropped = dropped

    @property
    def dropped_attributes(self) -> int:
        """How many attributes limits dropped."""
        return self._dropped


class ReceivedLink(Link):
    """A link of such a span."""

    def __init__(self, context: SpanContext, attributes: Mapping[str, Any], dropped: int) -> None:
        super().__init__(context, attributes)
        self._dropped = dropped

    @property
    def dropped_attributes(self) -> int:
        """How many attributes limits dropped."""
        return self._dropped


class ReceivedResource(Resource):
    """A resource whose attributes may be of any kind that OTLP has; old SDKs refuse some."""

    def __init__(self, attributes: Mapping[str, Any], schema_url: str) -> None:
        super().__init__({}, schema_url)
        self._said = attributes

    @property
    def attributes(self) -> Mapping[str, Any]:
        """The attributes, as they were sent."""
        return self._said

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Resource):
            return False
        return dict(self._said) == dict(other.attributes) and self.schema_url == other.schema_url

    def __hash__(self) -> int:
        return hash((self.schema_url, frozenset(map(_hashable, self._said.items()))))


def _hashable(item: tuple[str, Any]) -> tuple[str, Any]:
    name, value = item
    if isinstance(value, Mapping):
        return name, len(value)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return name, len(value)
    return name, value
