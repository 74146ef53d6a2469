"""What the wires of LLM calls and of vector calls have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any, Protocol

from otel_helisession.conventions.operation import Kind

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes.

    Attributes:
        host: Who serves it, in lower case; behind a gateway of Helicone, its target.
        words: What the path says: ``model``, ``collection``, ``verb``.
    """

    host: str
    words: Mapping[str, str]


class Wire(Protocol):
    """One kind of call over HTTP.

    Attributes:
        kind: ``llm`` or ``vector_db``.
        name: The provider or the database whose format it is.
        streams: Whether its address alone says that the answer is a stream, which may then
            be a JSON array.
    """

    @property
    def kind(self) -> Kind: ...

    @property
    def name(self) -> str: ...

    @property
    def streams(self) -> bool: ...

    def longest_request(self, place: Place) -> int:
        """Return how many bytes of a request are parsed at most; 0 where none is needed."""

    def speaks(self, body: Body) -> bool:
        """Tell whether a request body is of this kind."""

    def describe(self, body: Body, place: Place) -> dict[str, Any]:
        """Return the attributes of a request, without content."""

    def span_name(self, attributes: Mapping[str, Any]) -> str:
        """Return the name of the span that has *attributes*."""

    def asked_content(self, body: Body) -> dict[str, str]:
        """Return the content attributes of a request."""

    def telling(self, capture_content: bool) -> Pattern[bytes] | None:
        """Return what finds the events of a stream that must be read; None: all."""

    def whole(self, events: Iterable[Body]) -> Body:
        """Return the response body that the events of a stream add up to."""

    def answered(self, body: Body) -> dict[str, Any]:
        """Return the attributes of a response body, without content."""

    def answered_content(self, body: Body) -> dict[str, str]:
        """Return the content attributes of a response body."""
