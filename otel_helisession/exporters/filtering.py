"""An exporter that passes some spans on, and hangs them under what else passes."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import REQUEST_KINDS
from otel_helisession.delivery.destination import destination_names
from otel_helisession.delivery.outcome import Outcome
from otel_helisession.delivery.outlet import Outlet
from otel_helisession.finishing import under
from otel_helisession.guard import once
from otel_helisession.sessions import ancestry

_REMEMBERED: Final = 20_000
"""Spans whose fate is remembered for children that leave after them; some 150 bytes each."""

_DEEPEST: Final = 1_000
"""Ancestors that are looked at, at most: broken parents may make a ring."""


class FilteringSpanExporter(SpanExporter):
    """Passes on to *exporter* only some spans, as one tree.

    ``SessionSpanProcessor(FilteringSpanExporter(OTLPSpanExporter(), only="requests"))``. A span
    whose parent does not pass hangs under its nearest ancestor that does; under none, it is a
    root. Trace, span id, links and all else stay.

    A child mostly leaves before its parent, so parents are asked while they are open, or still
    on their way: a SessionSpanProcessor on the same TracerProvider knows them. A parent that
    passes as it is then will pass when it ends, whatever becomes of it. Parents in other
    processes stay as they are.

    Args:
        exporter: Where spans go. Owned from now on: shut down with this one.
        only: ``"requests"``: LLM, tool, vector and data requests. Or a function of yours that
            tells of a span, ended or still open, whether it passes; one that raises lets it.

    Raises:
        TypeError: *exporter* cannot export, or *only* is neither text nor function.
        ValueError: *only* is another text.
    """

    retries_itself = True  # as deliver() tells what to send again

    def __init__(
        self,
        exporter: SpanExporter,
        *,
        only: Literal["requests"] | Callable[[ReadableSpan], bool],
    ) -> None:
        if isinstance(exporter, type) or not callable(getattr(exporter, "export", None)):
            raise TypeError(
                "FilteringSpanExporter wraps a span exporter (an object with an export method), "
                f"not {type(exporter).__name__}"
            )
        self._only = _rule(only)
        self.destination: Final = destination_names([exporter])[0]
        self._outlet: Final = Outlet(exporter, self.destination)
        self.packs_sessions: Final = self._outlet.packs
        self.spooled: Final = self._outlet.spooled
        self.reports_itself: Final = self._outlet.reports
        self._dropped: OrderedDict[int, SpanContext | None] = OrderedDict()
        self._promised: OrderedDict[int, None] = OrderedDict()
        ancestry.remember()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export those of the *spans* that pass; the result is theirs."""
        accepted = self.deliver(spans).accepted
        return SpanExportResult.SUCCESS if accepted else SpanExportResult.FAILURE

    def deliver(self, spans: Sequence[ReadableSpan]) -> Outcome:
        """Export those of the *spans* that pass; return what was not accepted of them."""
        passing = [span for span in spans if self._passes(span)]
        if not passing:
            return Outcome()
        return self._outlet.send([self._hung(span) for span in passing])

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the wrapped exporter; False when it fails or says so."""
        return self._outlet.flush(time.monotonic() + timeout_millis / 1_000)

    def shutdown(self, timeout_millis: int = 30_000) -> None:
        """Shut the wrapped exporter down, within *timeout_millis* where it can keep that."""
        self._outlet.shut_down(time.monotonic() + timeout_millis / 1_000)

    def _passes(self, span: ReadableSpan) -> bool:
        """Tell whether *span*, which has ended, passes; remember what its children need to know."""
        key = span.context.span_id
        if key in self._promised or self._asked(span):
            return True
        _remember(self._dropped, key, span.parent)
        return False

    def _hung(self, span: ReadableSpan) -> ReadableSpan:
        parent = self._nearest(span.parent)
        return span if parent is span.parent else under(span, parent)

    def _nearest(self, parent: SpanContext | None) -> SpanContext | None:
        """Return *parent*, or else its nearest ancestor that passes, or is not ours to ask."""
        for _ in range(_DEEPEST):
            if parent is None or parent.is_remote:
                return parent
            key = parent.span_id
            if key in self._dropped:
                parent = self._dropped[key]
                continue
            if key in self._promised:
                return parent
            span = ancestry.find(parent)
            if span is None:
                return parent
            if parent.trace_flags.sampled and self._asked(span):
                _remember(self._promised, key, None)
                return parent
            parent = span.parent
        return None

    def _asked(self, span: ReadableSpan) -> bool:
        try:
            return bool(self._only(span))
        except Exception as error:
            once(
                ("filter", self.destination, type(error)),
                logging.ERROR,
                "the function of FilteringSpanExporter failed with %s: %s; spans of which it "
                "fails pass",
                type(error).__name__,
                error,
            )
            return True


def _is_request(span: ReadableSpan) -> bool:
    return reader.kind(reader.attributes_of(span)) in REQUEST_KINDS


def _rule(only: Any) -> Callable[[ReadableSpan], bool]:
    if isinstance(only, str):
        if only != "requests":
            raise ValueError(f"only is {only!r}; accepted: 'requests', or a function of a span")
        return _is_request
    if not callable(only):
        raise TypeError(f"only must be 'requests' or a function, not {type(only).__name__}")
    return only  # type: ignore[no-any-return]


def _remember(table: OrderedDict[int, Any], key: int, value: Any) -> None:
    table[key] = value
    if len(table) > _REMEMBERED:
        table.popitem(last=False)
