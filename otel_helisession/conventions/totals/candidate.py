"""What of a span decides whether it counts; see :mod:`.counting`."""

from __future__ import annotations

from typing import NamedTuple

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext, format_span_id, format_trace_id

from otel_helisession.conventions.operation import Kind, Operation

Key = tuple[str, str]
"""Trace id and span id."""


class Candidate(NamedTuple):
    """What of a span decides whether it counts.

    Attributes:
        key: Trace and span id.
        parent: The parent's; None for a root.
        kind: What the span is.
        failed: Whether it says that it failed.
        response_id: The provider's id of the answer, if known.
        input_tokens: As on the span.
        output_tokens: As on the span.
        start_unix_nano: When it started.
        end_unix_nano: When it ended.
        model: The model that answered, or else the one asked for, if known.
        library: The instrumentation scope's name: who tells of it, if known.
    """

    key: Key
    parent: Key | None
    kind: Kind
    failed: bool = False
    response_id: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    start_unix_nano: int = 0
    end_unix_nano: int = 0
    model: str | None = None
    library: str | None = None

    @classmethod
    def of(cls, span: ReadableSpan, said: Operation) -> Candidate:
        """Return what decides of the finished *span*, which has *said* what it is."""
        scope = span.instrumentation_scope
        return cls(
            key=key_of(span.context),
            parent=None if span.parent is None else key_of(span.parent),
            kind=said.kind,
            failed=said.failure is not None,
            response_id=said.response_id,
            input_tokens=said.usage.input_tokens,
            output_tokens=said.usage.output_tokens,
            start_unix_nano=span.start_time or 0,
            end_unix_nano=span.end_time or 0,
            model=said.model,
            library=None if scope is None else scope.name or None,
        )

    @property
    def tokens(self) -> tuple[int | None, int | None] | None:
        """Its token counts; None when it knows none."""
        found = (self.input_tokens, self.output_tokens)
        return None if found == (None, None) else found


def key_of(context: SpanContext) -> Key:
    """Return the key of the span with this *context*."""
    return format_trace_id(context.trace_id), format_span_id(context.span_id)
