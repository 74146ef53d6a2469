"""How large a session's trace may be, and how much is remembered of open ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_REQUESTS: Final = 2_000
"""Spans of requests in a trace: about what Jaeger's page can show, and a person read."""

MAX_BYTES: Final = 4_000_000
"""Tempo drops what goes beyond 5 MB of a trace, silently, while it answers success."""

MAX_NODES: Final = 500
"""Nodes of a trace, so that the last call, with all of them, is one of usual size. A path is a
function's place: a session that has more than these has ids in its paths."""

MAX_OPEN: Final = 10_000
"""Sessions that are open at a time, at some kB each."""

MAX_REMEMBERED: Final = 50_000
"""Spans and nodes that are remembered of open sessions, at some kB each: 50 MB."""

RECENT: Final = 512
"""Spans of a session that are remembered in full, to see when a call is told twice. The two end
together, or nearly."""

_LEAST: Final = {"max_requests": 1, "max_bytes": 10_000}


@dataclass(frozen=True, slots=True)
class TraceBounds:
    """How large a session's trace may be.

    Attributes:
        max_requests: Spans of requests, at most.
        max_bytes: Bytes of all spans, as OTLP writes them, at most.

    Raises:
        ValueError: A value is too small.
    """

    max_requests: int = MAX_REQUESTS
    max_bytes: int = MAX_BYTES

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(
                    f"{name} is {value!r}; it must be a whole number of at least {least}"
                )
