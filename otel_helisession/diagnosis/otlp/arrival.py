"""arrival(): what a backend shows of a probe, compared with what was sent."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.backends.backend import Backend, Wanted, Window
from otel_helisession.backends.error import BackendError
from otel_helisession.diagnosis.otlp.hop import Hop, failed, passed
from otel_helisession.diagnosis.otlp.session import Probe

WAIT_SECONDS: Final = 45.0
"""How long a backend may take to show spans: Tempo hides the newest 30 s unless it is told
otherwise, a Collector that samples by trace waits 10 or 30."""

_PAUSE_SECONDS: Final = 0.5
_HOUR: Final = 3_600
_Key = tuple[int, int]


def arrival(backend: Backend, probe: Probe, wait_seconds: float = WAIT_SECONDS) -> Hop:
    """Ask *backend* until it shows all spans of *probe*, and compare them.

    Asks twice a second, and once more after all are there, because a copy may come later.
    """
    start = time.monotonic()
    sent = {_key(span): span for span in probe.spans}
    found: Sequence[ReadableSpan] = ()
    problem: BackendError | None = None
    while True:
        try:
            found, problem = _shown(backend, probe), None
        except BackendError as error:
            problem = error
        seconds = time.monotonic() - start
        if sent.keys() <= {_key(span) for span in found} or seconds > wait_seconds:
            break
        time.sleep(_PAUSE_SECONDS)
    if problem is not None:
        return failed("backend", f"{problem}.")
    if not found:
        return failed("backend", _nothing(backend, seconds))
    return _compared(backend, sent, found, seconds)


def _shown(backend: Backend, probe: Probe) -> Sequence[ReadableSpan]:
    now = int(time.time())
    window = Window(now - _HOUR, now + _HOUR)
    try:
        found = backend.search(Wanted(session_id=probe.id), window)
    finally:
        backend.forget()
    traces = found.traces.get(probe.id, [])
    return [span for trace in traces for span in backend.spans(trace)]


def _compared(
    backend: Backend, sent: dict[_Key, ReadableSpan], found: Sequence[ReadableSpan], seconds: float
) -> Hop:
    title = backend.address.title
    counts = Counter(map(_key, found))
    missing = [span.name for key, span in sent.items() if key not in counts]
    if missing:
        return failed(
            "backend",
            f"{title} shows {len(sent) - len(missing)} of {len(sent)} spans after {seconds:.0f} s; "
            f"missing: {', '.join(missing)}. A sampler that decides by trace splits sessions: see "
            "docs/sampling.md. So does a filter on the way.",
        )
    twice = [sent[key].name for key in sent if counts[key] > 1]
    if twice:
        return failed(
            "backend",
            f"{title} has {', '.join(twice)} more than once. Two pipelines send there, or a "
            "Collector sent again what had arrived.",
        )
    changes = sorted({change for span in found for change in _changes(sent.get(_key(span)), span)})
    if changes:
        return failed(
            "backend",
            f"{title} shows all {len(sent)} spans, once each, but not as they were sent: "
            f"{'; '.join(changes[:8])}. Look for attributes, transform or redaction processors.",
        )
    return passed(
        "backend",
        f"{title} showed the session after {seconds:.1f} s: {len(sent)} spans, each once, with "
        "every attribute.",
    )


def _changes(sent: ReadableSpan | None, found: ReadableSpan) -> list[str]:
    """Say what is not as it was sent."""
    if sent is None:
        return []
    said = []
    theirs = found.attributes or {}
    for name, value in (sent.attributes or {}).items():
        if name not in theirs:
            said.append(f"{name} is gone")
        elif theirs[name] != value:
            said.append(f"{name} has changed")
    for what, one, other in (
        ("the name", sent.name, found.name),
        ("the kind", sent.kind, found.kind),
        ("the status", sent.status.status_code, found.status.status_code),
        ("the parent", _parent(sent), _parent(found)),
        ("the start", sent.start_time, found.start_time),
        ("the end", sent.end_time, found.end_time),
    ):
        if one != other:
            said.append(f"{what} has changed")
    return said


def _nothing(backend: Backend, seconds: float) -> str:
    try:
        there = backend.there()
    except BackendError as error:
        there = str(error)
    return (
        f"{backend.address.title} shows nothing of the session after {seconds:.0f} s; {there}. "
        f"The endpoint took it, so look at what it sends to, and at sampling.{_hides(backend)}"
    )


def _hides(backend: Backend) -> str:
    if backend.address.kind != "tempo":
        return ""
    return (
        " Tempo hides what is younger than query_frontend.query_end_cutoff, 30 s unless it is set."
    )


def _key(span: ReadableSpan) -> _Key:
    context = span.get_span_context()
    assert context is not None
    return context.trace_id, context.span_id


def _parent(span: ReadableSpan) -> int | None:
    return None if span.parent is None else span.parent.span_id
