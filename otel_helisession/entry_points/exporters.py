"""The traces exporters ``helisession_local``, ``helisession_session_trace`` and ``helicone``, by
name and without code."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession import environment
from otel_helisession.exporters.session_span import SessionSpanExporter
from otel_helisession.guard import once


class ConfiguredSpanExporter(SpanExporter):
    """An exporter of ours in a pipeline that ``OTEL_TRACES_EXPORTER`` or a file describes.

    It sends finished spans, as SessionSpanExporter does: final paths, secrets masked. A wrong
    setting switches it off, with one log line, and so do the off switches. Who stamps the
    sessions is a SessionSpanProcessor: the instrumentor's, or the program's own.

    Args:
        settings: Those of the exporter; a configuration file gives them, a variable none.
    """

    packs_sessions = True

    NAME: ClassVar[str]
    """The entry point's name."""

    def __init__(self, **settings: Any) -> None:
        self._exporter: SpanExporter | None = None
        if environment.disabled():
            return
        try:
            self._exporter = SessionSpanExporter(self.make(**settings))
        except (TypeError, ValueError, ImportError) as error:
            once(
                ("entry point", self.NAME),
                logging.ERROR,
                "the traces exporter '%s' is off: %s",
                self.NAME,
                error,
            )

    @staticmethod
    @abstractmethod
    def make(**settings: Any) -> SpanExporter:
        """Return the exporter; raise ValueError, TypeError or ImportError if that cannot be."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export the finished *spans*; when switched off, drop them."""
        if self._exporter is None:
            return SpanExportResult.SUCCESS
        return self._exporter.export(spans)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the exporter; the result is its own."""
        return self._exporter is None or self._exporter.force_flush(timeout_millis)

    def shutdown(self, timeout_millis: int = 30_000) -> None:
        """Shut the exporter down."""
        if self._exporter is not None:
            self._exporter.shutdown(timeout_millis=timeout_millis)  # type: ignore[call-arg]


class ConfiguredLocalSpanExporter(ConfiguredSpanExporter):
    """The traces exporter ``helisession_local``: LocalSpanExporter; its setting is ``path``."""

    NAME = "helisession_local"

    @staticmethod
    def make(**settings: Any) -> SpanExporter:
        """Return the LocalSpanExporter."""
        from otel_helisession.exporters.local import LocalSpanExporter

        return LocalSpanExporter(**settings)


class ConfiguredHeliconeSpanExporter(ConfiguredSpanExporter):
    """The traces exporter ``helicone``: HeliconeSpanExporter, with its settings."""

    NAME = "helicone"

    @staticmethod
    def make(**settings: Any) -> SpanExporter:
        """Return the HeliconeSpanExporter."""
        from otel_helisession.exporters.helicone import HeliconeSpanExporter

        return HeliconeSpanExporter(**settings)


class ConfiguredSessionTraceExporter(ConfiguredSpanExporter):
    """The traces exporter ``helisession_session_trace``: SessionTraceExporter, with its settings,
    to where the standard OTLP variables say."""

    NAME = "helisession_session_trace"

    @staticmethod
    def make(**settings: Any) -> SpanExporter:
        """Return the SessionTraceExporter."""
        from otel_helisession.destinations import otlp
        from otel_helisession.session_trace.exporter import SessionTraceExporter

        return SessionTraceExporter(otlp(has_content=True)[0], **settings)
