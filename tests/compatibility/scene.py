"""One scene of a recording: what its server was asked, and what the reader finds in its spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Operation
from otel_helisession.conventions.totals.candidate import Candidate, Key
from otel_helisession.conventions.totals.counting import count
from tests import recordings
from tests.servers.llm.exchange import Exchange


@dataclass(frozen=True)
class Call:
    """One exchange with a model, and what tells of it.

    Attributes:
        exchange: What the server was asked and answered.
        counted: The operation that stands for it in totals.
        told: All that tell of it: a call may be told by an SDK and by who instruments it.
    """

    exchange: Exchange
    counted: Operation
    told: tuple[Operation, ...]


@dataclass(frozen=True)
class Scene:
    """One scene of a recording, as the reader understands it.

    Attributes:
        name: ``chat``, ``tool``, …
        exchanges: What the model's server was asked and answered.
        spans: Its spans, in the order of their starts, the step itself left out.
        operations: What each of them says.
    """

    name: str
    exchanges: tuple[Exchange, ...]
    spans: tuple[ReadableSpan, ...]
    operations: tuple[Operation, ...]

    @property
    def sort(self) -> str:
        """What is looked at: the last word of the name, ``chat`` of ``async_chat``."""
        return self.name.rpartition("_")[2]

    def of_kind(self, kind: str) -> list[Operation]:
        """Return the operations of one kind."""
        return [operation for operation in self.operations if operation.kind == kind]

    @property
    def counted(self) -> list[int]:
        """The places of the operations that count as calls of a model."""
        counts = count(
            [Candidate.of(*pair) for pair in zip(self.spans, self.operations, strict=True)]
        )
        return [
            place
            for place, (span, operation) in enumerate(zip(self.spans, self.operations, strict=True))
            if operation.kind == "llm" and _key(span.get_span_context()) in counts.requests
        ]

    @property
    def calls(self) -> list[Call]:
        """The exchanges with models, beside the operations that tell of them, in order."""
        return [
            Call(exchange, self.operations[place], tuple(self._telling(place)))
            for exchange, place in zip(self.exchanges, self._apart(), strict=False)
        ]

    def _apart(self) -> list[int]:
        """Return the places of calls that run within no other: what counts twice is one call."""
        counted = self.counted
        return [
            place
            for place in counted
            if not any(_is_within(self.spans[place], self.spans[other]) for other in counted)
        ]

    def _telling(self, place: int) -> Iterator[Operation]:
        chosen, its_id = self.spans[place], self.operations[place].response_id
        for span, operation in zip(self.spans, self.operations, strict=True):
            near = span is chosen or _is_parent(span, chosen) or _is_parent(chosen, span)
            near = near or _is_within(span, chosen)
            same = its_id is not None and operation.response_id == its_id
            if operation.kind == "llm" and (near or same):
                yield operation


def scenes(recording: Mapping[str, Any]) -> list[Scene]:
    """Return the scenes of a recording."""
    made = []
    for name, said in recording["scenes"].items():
        spans = [recordings.load_span(one) for one in said["spans"]]
        spans = [span for span in spans if span.parent is not None or span.name != name]
        made.append(
            Scene(
                name,
                tuple(Exchange.from_json(one) for one in said["exchanges"]),
                tuple(spans),
                tuple(reader.read(span) for span in spans),
            )
        )
    return made


def _key(context: SpanContext | None) -> Key:
    assert context is not None
    return f"{context.trace_id:032x}", f"{context.span_id:016x}"


def _is_parent(span: ReadableSpan, other: ReadableSpan) -> bool:
    return other.parent is not None and _key(other.parent) == _key(span.get_span_context())


def _is_within(span: ReadableSpan, other: ReadableSpan) -> bool:
    """Tell whether *span* begins after *other* and ends before it, beside it."""
    begins, ends = span.start_time or 0, span.end_time or 0
    return span.parent == other.parent and (other.start_time or 0) < begins <= ends < (
        other.end_time or 0
    )
