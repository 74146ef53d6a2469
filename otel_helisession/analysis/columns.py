"""One session's spans as rows of plain values: small enough to send tens of thousands at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from otel_helisession.store.row import SpanRow

COLUMNS: Final = (
    *("trace_id", "span_id", "parent", "path", "name", "kind", "operation", "target"),
    *("model", "provider", "start_ms", "end_ms", "status", "error_type", "error_message"),
    *("input_tokens", "output_tokens", "cache_read_tokens", "reasoning_tokens", "cost_usd"),
    *("ttft_ms", "counted", "fault", "http_status", "convention"),
)
"""What each value of a row is. ``start_ms`` and ``end_ms`` count from the session's start."""


def rows(
    spans: Sequence[SpanRow], start_unix_nano: int, http_status: Mapping[str, int]
) -> list[tuple[Any, ...]]:
    """Return *spans* as tuples of the values that COLUMNS names, in the same order.

    Args:
        spans: A session's spans.
        start_unix_nano: When the session started.
        http_status: The HTTP status of those that have one, by span id.
    """
    status: Callable[[str], int | None] = http_status.get
    return [
        (
            *(row.trace_id, row.span_id, row.parent_span_id, row.path, row.name, row.kind),
            *(row.operation or None, row.target, row.model, row.provider),
            (row.start_unix_nano - start_unix_nano) / 1e6,
            (max(row.end_unix_nano, row.start_unix_nano) - start_unix_nano) / 1e6,
            *(row.status, row.error_type, row.error_message),
            *(row.input_tokens, row.output_tokens, row.cache_read_tokens, row.reasoning_tokens),
            *(row.cost_usd, row.time_to_first_token_ms, int(row.counted), int(row.fault)),
            *(status(row.span_id), row.convention),
        )
        for row in spans
    ]
