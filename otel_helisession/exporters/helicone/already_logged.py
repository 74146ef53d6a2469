"""LLM spans of one batch that show a call which another span's log shows already."""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions import reader


def already_logged(spans: Sequence[ReadableSpan]) -> frozenset[int]:
    """Return the ids of the inner spans where two instrumentations cover one LLM call.

    Such a span's parent is an LLM span, too, with the same response id.
    """
    answers: dict[int, str] = {}
    inner: list[tuple[int, int, str]] = []
    for span in spans:
        attributes, context = span.attributes or {}, span.get_span_context()
        answer = attributes.get(semconv.RESPONSE_ID)
        if context is None or not isinstance(answer, str) or reader.kind(attributes) != "llm":
            continue
        answers[context.span_id] = answer
        if span.parent is not None:
            inner.append((context.span_id, span.parent.span_id, answer))
    return frozenset(own for own, parent, answer in inner if answers.get(parent) == answer)
