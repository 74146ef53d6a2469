"""Span exporters that keep, refuse, block or fail, as told."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult


class KeepingExporter(SpanExporter):
    """Accepts every span.

    Attributes:
        batches: The names of the spans of each call, in order.
        spans: Every span, in order.
        was_shut_down: Whether shutdown() was called.
    """

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.spans: list[ReadableSpan] = []
        self.was_shut_down = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.batches.append([span.name for span in spans])
        self.spans.extend(spans)
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self.was_shut_down = True

    def attributes(self, name: str) -> dict[str, object]:
        """Return the attributes of the only span of that name."""
        (found,) = [span for span in self.spans if span.name == name]
        return dict(found.attributes or {})

    def paths(self) -> dict[str, object]:
        """Return the session path of each span, by the span's name."""
        return {
            span.name: (span.attributes or {}).get("helicone.session.path") for span in self.spans
        }


class RefusingExporter(KeepingExporter):
    """Keeps every span, and says that it failed while *refuses* is true."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        super().export(spans)
        return SpanExportResult.FAILURE if self.refuses else SpanExportResult.SUCCESS


class BlockedExporter(KeepingExporter):
    """Blocks in export() until *released* is set."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.released = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.entered.set()
        self.released.wait(10)
        return super().export(spans)


class RaisingExporter(SpanExporter):
    """Raises from every method."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        raise RuntimeError("export is broken")

    def shutdown(self) -> None:
        raise RuntimeError("shutdown is broken")

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        raise RuntimeError("force_flush is broken")
