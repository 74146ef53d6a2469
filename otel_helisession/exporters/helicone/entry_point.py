"""The entry point ``helicone``: for ``OTEL_TRACES_EXPORTER`` and declarative configuration."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession import environment
from otel_helisession.exporters.helicone.exporter import HeliconeSpanExporter
from otel_helisession.guard import once


class ConfiguredHeliconeSpanExporter(SpanExporter):
    """A HeliconeSpanExporter that a wrong configuration switches off, with one log line.

    Raising here would leave the program without any tracing. Only sessions are logged: the
    program needs a SessionSpanProcessor that stamps them.

    Args:
        settings: Those of HeliconeSpanExporter.
    """

    packs_sessions = True

    def __init__(self, **settings: Any) -> None:
        self._exporter: HeliconeSpanExporter | None = None
        if environment.disabled():
            return
        try:
            self._exporter = HeliconeSpanExporter(**settings)
        except (TypeError, ValueError) as error:
            once(
                ("helicone", "configuration"),
                logging.ERROR,
                "the traces exporter 'helicone' is off: %s",
                error,
            )

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export as HeliconeSpanExporter does; when switched off, drop *spans*."""
        if self._exporter is None:
            return SpanExportResult.SUCCESS
        return self._exporter.export(spans)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush as HeliconeSpanExporter does."""
        return self._exporter is None or self._exporter.force_flush(timeout_millis)

    def shutdown(self, timeout_millis: float = 30_000) -> None:
        """Shut down as HeliconeSpanExporter does."""
        if self._exporter is not None:
            self._exporter.shutdown(timeout_millis)
