"""Sessions of a backend into a store, which is then read as every other store."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.backends.backend import Backend, Wanted, Window
from otel_helisession.intake.family import Family
from otel_helisession.intake.preparing import placed, prepare
from otel_helisession.otlp.encoding import request_of
from otel_helisession.store.entry import Entry
from otel_helisession.store.writer import SessionWriter

_AT_ONCE: Final = 4
"""Traces that are fetched at the same time: enough to hide a network's latency, too few to be
a load that a backend notices."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of gathering one session.

    Attributes:
        spans: How many of its spans are in the store now.
        doubles: How many the backend had twice.
        is_cut: Whether it has more traces than were fetched.
    """

    spans: int = 0
    doubles: int = 0
    is_cut: bool = False


def gather(backend: Backend, session_id: str, window: Window, writer: SessionWriter) -> Gathered:
    """Write the spans of a session into the store of *writer*, each once.

    They are read and placed as the viewer does it with what it receives: secrets masked, an id
    of another library taken for the session's, the path from the tree where no span says it.

    Raises:
        BackendError: The backend cannot be asked.
        StoreError: The store cannot be written.
    """
    found = backend.search(Wanted(session_id=session_id), window)
    traces = found.traces.get(session_id, [])
    entries: dict[tuple[str, str], Entry] = {}
    copies: dict[tuple[str, str], Entry] = {}
    count = 0
    with ThreadPoolExecutor(min(_AT_ONCE, len(traces) or 1)) as pool:
        for trace in pool.map(backend.spans, traces):
            mine = {_key(one): one for one in _entries(_originals(trace), session_id)}
            entries.update(mine)
            copies.update({_key(one): one for one in _entries(_copies(trace), session_id)})
            count += _times(trace, mine)
    chosen = entries or copies
    writer.write(list(chosen.values()))
    return Gathered(len(chosen), max(0, count - len(entries)), found.is_cut)


def _originals(trace: Sequence[ReadableSpan]) -> list[ReadableSpan]:
    return [span for span in trace if semconv.TRACE_ROLE not in (span.attributes or {})]


def _copies(trace: Sequence[ReadableSpan]) -> list[ReadableSpan]:
    """Return the requests that SessionTraceExporter wrote: all there is where only it sends."""
    return [span for span in trace if (span.attributes or {}).get(semconv.TRACE_ROLE) == "request"]


def _entries(trace: Sequence[ReadableSpan], session_id: str) -> Iterator[Entry]:
    """Iterate over what the store keeps of those spans of *trace* that are the session's."""
    if not trace:
        return
    made = prepare(bytes(request_of(trace).SerializeToString()), True).made
    if made:
        Family(made[0].entry.row.trace_id, by_trace=False).add([one.member for one in made])
    for one in made:
        if one.member.place.session_id == session_id:
            yield placed(one)


def _times(trace: Sequence[ReadableSpan], mine: Container[tuple[str, str]]) -> int:
    """Return how many spans of *trace* are the session's, counting what came twice."""
    keys = (
        (f"{context.trace_id:032x}", f"{context.span_id:016x}")
        for span in trace
        if (context := span.get_span_context()) is not None
    )
    return sum(key in mine for key in keys)


def _key(one: Entry) -> tuple[str, str]:
    return one.row.trace_id, one.row.span_id
