"""SpanRow: one span as the store keeps it, in columns that lists, trees and filters read."""

from __future__ import annotations

from typing import Final, NamedTuple

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from otel_helisession import semconv
from otel_helisession.conventions.operation import Kind, Operation, Usage

_LARGEST: Final = 2**63 - 1
"""SQLite's largest integer. A count beyond it is nonsense, and is kept as unknown."""

_ERROR_CHARS: Final = 2_000
"""Longest error message in the column; the whole is in the details."""


class SpanRow(NamedTuple):
    """One span. A field is None where the span says nothing.

    Attributes:
        trace_id: 32 hexadecimal digits, as Jaeger and Tempo show it.
        span_id: 16 hexadecimal digits.
        parent_span_id: 16 hexadecimal digits; None for a root.
        session_id: Whose span it is; None for a span without a session.
        session_name: The session's name as this span carries it; may be empty.
        path: The session path, ``/trip/research``; empty without a session.
        name: The span's name.
        kind: What the span is.
        convention: Which convention said so; ``none`` for a span that nobody describes.
        operation: The convention's word: ``chat``, ``embeddings``, ``search``; may be empty.
        target: What was called: the tool, the vector collection, or the name of the data.
        start_unix_nano: Start, in nanoseconds since 1970.
        end_unix_nano: End, in nanoseconds since 1970.
        status: ``unset``, ``ok`` or ``error``.
        error_type: The exception's or error's type; None when it did not fail.
        error_message: What went wrong, cut at 2,000 characters.
        model: The model that answered, or else the one asked for.
        provider: ``openai``, ``anthropic``; for a vector query the database.
        response_id: The provider's id of the answer.
        input_tokens: All input tokens.
        output_tokens: All output tokens.
        cache_read_tokens: Input tokens read from a cache.
        cache_write_tokens: Input tokens written to a cache.
        reasoning_tokens: Output tokens spent on reasoning.
        cost_usd: The price in US dollars.
        time_to_first_token_ms: Milliseconds to the first piece of a stream.
        user_id: On whose behalf.
        counted: Whether it counts as a request in totals; False for structure, and for a
            second span of one call. Known when read from the store.
        fault: Whether it counts as an error in totals. Known when read from the store.
    """

    trace_id: str
    span_id: str
    parent_span_id: str | None
    session_id: str | None
    session_name: str
    path: str
    name: str
    kind: Kind
    convention: str
    operation: str
    target: str | None
    start_unix_nano: int
    end_unix_nano: int
    status: str
    error_type: str | None
    error_message: str | None
    model: str | None
    provider: str | None
    response_id: str | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    cost_usd: float | None
    time_to_first_token_ms: float | None
    user_id: str | None
    counted: bool = True
    fault: bool = False

    @property
    def failed(self) -> bool:
        """Whether the span itself says that it failed."""
        return self.status == "error"

    @property
    def duration_ms(self) -> float:
        """Milliseconds from start to end; 0 where clocks ran backwards."""
        return max(self.end_unix_nano - self.start_unix_nano, 0) / 1e6

    @property
    def usage(self) -> Usage:
        """Tokens and cost as one value."""
        return Usage(
            self.input_tokens,
            self.output_tokens,
            self.cache_read_tokens,
            self.cache_write_tokens,
            self.reasoning_tokens,
            self.cost_usd,
        )


COLUMNS: Final[tuple[str, ...]] = SpanRow._fields[:-2]
"""The columns of the table ``spans`` that a row fills, in its order."""


def span_row(span: ReadableSpan, operation: Operation) -> SpanRow:
    """Return *span*, which says *operation*, as a row. Text that UTF-8 cannot hold is mended."""
    context = span.get_span_context()
    assert context is not None
    attributes = span.attributes or {}
    failure, usage = operation.failure, operation.usage
    start = _nano(span.start_time)
    provider = operation.provider or (operation.vector and operation.vector.database)
    return SpanRow(
        trace_id=f"{context.trace_id:032x}",
        span_id=f"{context.span_id:016x}",
        parent_span_id=None if span.parent is None else f"{span.parent.span_id:016x}",
        session_id=_text(attributes.get(semconv.SESSION_ID)) or None,
        session_name=_text(attributes.get(semconv.SESSION_NAME)) or "",
        path=_text(attributes.get(semconv.SESSION_PATH)) or "",
        name=_text(span.name) or "",
        kind=operation.kind,
        convention=operation.convention,
        operation=_text(operation.name) or "",
        target=_text(_target(operation)),
        start_unix_nano=start,
        end_unix_nano=_nano(span.end_time) or start,
        status=_STATUS[span.status.status_code],
        error_type=_text(failure.type) if failure else None,
        error_message=_text(failure.message[:_ERROR_CHARS]) if failure else None,
        model=_text(operation.model),
        provider=_text(provider),
        response_id=_text(operation.response_id),
        input_tokens=_count(usage.input_tokens),
        output_tokens=_count(usage.output_tokens),
        cache_read_tokens=_count(usage.cache_read_tokens),
        cache_write_tokens=_count(usage.cache_write_tokens),
        reasoning_tokens=_count(usage.reasoning_tokens),
        cost_usd=usage.cost_usd,
        time_to_first_token_ms=operation.time_to_first_token_ms,
        user_id=_text(attributes.get(semconv.USER_ID)) or None,
    )


_STATUS: Final = {StatusCode.UNSET: "unset", StatusCode.OK: "ok", StatusCode.ERROR: "error"}


def _target(operation: Operation) -> str | None:
    if operation.tool is not None:
        return operation.tool.name
    if operation.vector is not None:
        return operation.vector.collection
    return None if operation.data is None else operation.data.name


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def _nano(value: int | None) -> int:
    return min(max(int(value or 0), 0), _LARGEST)


def _count(value: int | None) -> int | None:
    return None if value is None or value > _LARGEST else value
