"""SessionSummary: one session with its totals, as a list shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from otel_helisession.conventions.operation import Usage


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One session. Totals count each call once, however many spans describe it.

    Attributes:
        id: The session's id.
        name: Its name; the last that was not empty, where spans disagree. May be empty.
        user_id: On whose behalf, or None.
        properties: Custom properties.
        start_unix_nano: Start of its first span, in nanoseconds since 1970.
        end_unix_nano: End of its last span.
        spans: All its spans, structure included.
        requests: Requests by kind: ``llm``, ``tool``, ``vector_db``, ``data``, each present.
        errors: Failed requests, and failed steps whose fault lies in none of their spans.
        usage: The requests' tokens and cost; a field is None when no request said it.
        unpriced: Requests to models that did not say their cost.
        mean_ms: Mean time of a request, in milliseconds; None without requests.
        p95_ms: Its 95th percentile.
        models: The models that were called, sorted.
    """

    id: str
    name: str
    user_id: str | None
    properties: Mapping[str, str]
    start_unix_nano: int
    end_unix_nano: int
    spans: int
    requests: Mapping[str, int]
    errors: int
    usage: Usage
    unpriced: int
    mean_ms: float | None
    p95_ms: float | None
    models: Sequence[str]

    @property
    def duration_ms(self) -> float:
        """Milliseconds from the start of the first span to the end of the last."""
        return max(self.end_unix_nano - self.start_unix_nano, 0) / 1e6

    @property
    def request_count(self) -> int:
        """Requests of all kinds."""
        return sum(self.requests.values())
