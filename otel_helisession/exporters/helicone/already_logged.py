"""LLM spans of one batch that show a call which another span's log shows already."""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from otel_helisession import semconv
from otel_helisession.conventions import reader
from otel_helisession.conventions.counting import Candidate, count
from otel_helisession.conventions.values import integer, text


def already_logged(spans: Sequence[ReadableSpan]) -> frozenset[int]:
    """Return the ids of the LLM spans that another span of the batch stands for.

    Two instrumentations may cover one call, and a gateway may report it again; see
    :mod:`otel_helisession.conventions.counting`.
    """
    candidates = [one for span in spans if (one := _candidate(span)) is not None]
    if sum(one.kind == "llm" for one in candidates) < 2:
        return frozenset()
    counted = count(candidates).requests
    return frozenset(
        int(one.key[1]) for one in candidates if one.kind == "llm" and one.key not in counted
    )


def _candidate(span: ReadableSpan) -> Candidate | None:
    """Return what decides whether *span* counts, by the names that most conventions share.

    Where a convention has others, the spans' places in the tree still tell.
    """
    context, attributes = span.get_span_context(), span.attributes or {}
    if context is None:
        return None
    parent, trace_id = span.parent, f"{context.trace_id:x}"
    return Candidate(
        key=(trace_id, str(context.span_id)),
        parent=None if parent is None else (trace_id, str(parent.span_id)),
        kind=reader.kind(attributes) or "structure",
        failed=span.status.status_code is StatusCode.ERROR,
        response_id=text(attributes.get(semconv.RESPONSE_ID)),
        input_tokens=integer(attributes.get(semconv.INPUT_TOKENS)),
        output_tokens=integer(attributes.get(semconv.OUTPUT_TOKENS)),
        start_unix_nano=span.start_time or 0,
    )
