"""LLM spans of one batch that show a call which another span's log shows already."""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions import reader
from otel_helisession.conventions.attributes.values import Attributes, integer, text
from otel_helisession.conventions.operation import Operation, Usage
from otel_helisession.conventions.totals.candidate import Candidate
from otel_helisession.conventions.totals.counting import count


def already_logged(spans: Sequence[ReadableSpan]) -> frozenset[int]:
    """Return the ids of the LLM spans that another span of the batch stands for.

    Two instrumentations may cover one call, and a gateway may report it again; see
    :mod:`otel_helisession.conventions.totals.counting`. Reads a span whole only where it does not
    say what it counted by the GenAI conventions' names, and is not the only call.
    """
    known = [(span, span.attributes or {}) for span in spans if span.context is not None]
    kinds = [reader.kind(attributes) for _, attributes in known]
    if kinds.count("llm") < 2:
        return frozenset()
    said = [
        _called(span, attributes) if kind == "llm" else Operation(kind=kind or "structure")
        for (span, attributes), kind in zip(known, kinds, strict=True)
    ]
    candidates = [Candidate.of(span, one) for (span, _), one in zip(known, said, strict=True)]
    counted = count(candidates).requests
    return frozenset(
        int(one.key[1], 16) for one in candidates if one.kind == "llm" and one.key not in counted
    )


def _called(span: ReadableSpan, attributes: Attributes) -> Operation:
    """Return what the call *span* says, as far as it decides whether it counts."""
    if semconv.INPUT_TOKENS not in attributes and semconv.RESPONSE_ID not in attributes:
        return reader.read(span)
    return Operation(
        kind="llm",
        request_model=text(attributes.get(semconv.REQUEST_MODEL)),
        response_model=text(attributes.get(semconv.RESPONSE_MODEL)),
        response_id=text(attributes.get(semconv.RESPONSE_ID)),
        usage=Usage(
            integer(attributes.get(semconv.INPUT_TOKENS)),
            integer(attributes.get(semconv.OUTPUT_TOKENS)),
        ),
    )
