"""A session that has ended, as a decision about it sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from otel_helisession import semconv
from otel_helisession.conventions.operation import Operation, Usage
from otel_helisession.conventions.totals.candidate import Candidate, Key, key_of
from otel_helisession.conventions.totals.counting import Count, count
from otel_helisession.conventions.understanding import understood


@dataclass(frozen=True, eq=False)
class WholeSession:
    """A session with all its spans. What costs time to find out is found when first asked for.

    Attributes:
        id: Which run or conversation.
        spans: Its ended spans, in the order they came; at least one. Not to be modified.
        complete: Whether it has ended. False: it is decided early, because memory for what is
            held was full, or at shutdown.
    """

    id: str
    spans: tuple[ReadableSpan, ...]
    complete: bool = True

    @property
    def name(self) -> str:
        """The type of session; may be empty."""
        return str(self._first(semconv.SESSION_NAME) or "")

    @property
    def user_id(self) -> str | None:
        """On whose behalf, or None."""
        found = self._first(semconv.USER_ID)
        return None if found is None else str(found)

    @property
    def started_unix_nano(self) -> int:
        """When its first span started."""
        return min(span.start_time or 0 for span in self.spans)

    @property
    def duration_seconds(self) -> float:
        """From the start of its first span to the end of its last."""
        return (max(span.end_time or 0 for span in self.spans) - self.started_unix_nano) / 1e9

    @property
    def failed(self) -> bool:
        """Whether any of its spans says that it failed, the program went on or not."""
        return any(span.status.status_code is StatusCode.ERROR for span in self.spans)

    @property
    def requests(self) -> int:
        """How many LLM, tool, vector and data requests; each counted once, however many spans
        tell of it."""
        return len(self._count.requests)

    @property
    def errors(self) -> int:
        """How many failed, each counted where it arose."""
        return len(self._count.faults)

    @cached_property
    def usage(self) -> Usage:
        """Tokens and cost of all requests together; None where no request says it."""
        said = [self._read[key].usage for key in self._count.requests]
        return Usage(
            input_tokens=_sum(one.input_tokens for one in said),
            output_tokens=_sum(one.output_tokens for one in said),
            cache_read_tokens=_sum(one.cache_read_tokens for one in said),
            cache_write_tokens=_sum(one.cache_write_tokens for one in said),
            reasoning_tokens=_sum(one.reasoning_tokens for one in said),
            cost_usd=_sum(one.cost_usd for one in said),
        )

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What each of its spans says, in the order of *spans*. Some 30 µs a span, once."""
        return tuple(self._read[key_of(span.context)] for span in self.spans)

    @cached_property
    def _read(self) -> Mapping[Key, Operation]:
        return {key_of(span.context): understood(span) for span in self.spans}

    @cached_property
    def _count(self) -> Count:
        return count([Candidate.of(span, self._read[key_of(span.context)]) for span in self.spans])

    def _first(self, name: str) -> Any:
        for span in self.spans:
            value = (span.attributes or {}).get(name)
            if value is not None:
                return value
        return None


def _sum(values: Iterable[Any]) -> Any:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
