"""Backend: what Jaeger and Tempo are asked, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.backends.address import Address

MOST_TRACES: Final = 1_000
"""Traces that one question returns at most: a session of that many is drawn in seconds, and
Jaeger sends every one of them whole."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is searched, in seconds since 1970."""

    start: int
    end: int

    def parts(self, longest: int) -> Iterator[Window]:
        """Iterate over the window in pieces of at most *longest* seconds, the newest first."""
        end = self.end
        while end > self.start:
            yield Window(max(self.start, end - longest), end)
            end -= longest


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which traces are meant: those with spans of one session, of sessions of one name, or of
    any session. Their spans must carry our attributes, but for one session's, which may have
    its id in ``session.id`` or ``gen_ai.conversation.id``.
    """

    session_id: str | None = None
    name: str | None = None


@dataclass(slots=True)
class Found:
    """What a search found.

    Attributes:
        traces: The ids of the traces of each session, in 32 hexadecimal digits; sessions and
            traces newest first.
        names: The name of each session; empty where no span says it.
        is_cut: Whether there is more than was asked for.
    """

    traces: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False

    def add(self, session_id: str, name: str, trace_id: str) -> None:
        """Note that a trace has a span of that session."""
        known = self.traces.setdefault(session_id, [])
        if trace_id not in known:
            known.append(trace_id)
        self.names[session_id] = self.names.get(session_id) or name


class Backend(Protocol):
    """A backend that can be asked. Every method raises BackendError when it cannot."""

    address: Address
    remarks: list[str]
    """What its user should know of answers that were not whole."""

    def search(self, wanted: Wanted, window: Window) -> Found:
        """Return the sessions and traces that have spans in *window*."""

    def spans(self, trace_id: str) -> Sequence[ReadableSpan]:
        """Return the spans of a trace, also when they are there twice; none where it is gone."""

    def forget(self) -> None:
        """Forget what may have changed since the last question."""

    def there(self) -> str:
        """Say what the backend has where a search found nothing; empty if it cannot tell."""


def newest_first(found: Iterable[tuple[int, str, str, str]], is_cut: bool) -> Found:
    """Return what spans say of their sessions.

    Args:
        found: Start, session id, session name and trace id of each.
        is_cut: Whether there is more.
    """
    result = Found(is_cut=is_cut)
    for _, session_id, name, trace_id in sorted(found, key=lambda one: -one[0]):
        result.add(session_id, name, trace_id)
    return result


def listed(items: Iterable[str], most: int = 8) -> str:
    """Return *items* with commas, all beyond *most* as a number."""
    known = list(items)
    more = f" and {len(known) - most:,} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more
