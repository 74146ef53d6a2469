"""What metrics keep of a span until its session is counted: a few numbers and words."""

from __future__ import annotations

from typing import NamedTuple

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.operation import Usage
from otel_helisession.conventions.totals.candidate import Candidate
from otel_helisession.conventions.understanding import understood
from otel_helisession.metrics.vocabulary import word


class Seen(NamedTuple):
    """One span. No message, no argument, no id of a session or user.

    Attributes:
        candidate: What decides whether it counts.
        name: Its session's name; may be empty.
        path: Where it hangs.
        operation: The conventions' word for what it is: ``chat``.
        provider: Who answered; empty when unknown.
        model: The model asked for, or else the one that answered; empty when unknown.
        usage: Tokens and cost.
        error_type: What kind of failure; empty when it did not fail.
        end_unix_nano: When it ended.
    """

    candidate: Candidate
    name: str
    path: str
    operation: str
    provider: str
    model: str
    usage: Usage
    error_type: str
    end_unix_nano: int

    @classmethod
    def of(cls, span: ReadableSpan) -> Seen:
        """Return what to keep of the finished *span*. Some 30 µs, and 50 for a price."""
        attributes = span.attributes or {}
        said = understood(span)
        return cls(
            Candidate.of(span, said),
            word(attributes.get(semconv.SESSION_NAME, "")),
            word(attributes.get(semconv.SESSION_PATH, "")),
            word(said.name),
            word(said.provider or ""),
            word(said.request_model or said.response_model or ""),
            said.usage,
            word(said.failure.type or "_OTHER") if said.failure else "",
            span.end_time or 0,
        )

    @property
    def seconds(self) -> float:
        """How long it took."""
        return max(0, self.end_unix_nano - self.candidate.start_unix_nano) / 1e9
