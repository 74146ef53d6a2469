"""The global TracerProvider of the tests, and what it made."""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Span


class _Switch(SpanProcessor):
    """Passes everything on to processors that can be removed, unlike a provider's own."""

    def __init__(self) -> None:
        self.processors: tuple[SpanProcessor, ...] = ()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        for processor in self.processors:
            processor.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        for processor in self.processors:
            processor.on_end(span)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        flushed = [processor.force_flush(timeout_millis) for processor in self.processors]
        return all(flushed)


class SharedProvider(TracerProvider):
    """A TracerProvider whose processors can be taken away, for one process has one global one."""

    def __init__(self) -> None:
        super().__init__(shutdown_on_exit=False)
        self._switch_processor = _Switch()
        super().add_span_processor(self._switch_processor)

    def add_span_processor(self, span_processor: SpanProcessor) -> None:
        self._switch_processor.processors += (span_processor,)

    def clear(self) -> None:
        """Shut down and forget every processor added since the last call."""
        processors, self._switch_processor.processors = self._switch_processor.processors, ()
        for processor in processors:
            processor.shutdown()


class _Collector(SpanProcessor):
    def __init__(self) -> None:
        self.ended: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        if span.context.trace_flags.sampled:
            self.ended.append(span)


class CollectedSpans:
    """What was exported in a test. Call it for the list."""

    def __init__(self) -> None:
        self._collector = _Collector()
        self._memory = InMemorySpanExporter()
        self._exporter: SpanExporter = self._memory
        self.processors: list[SpanProcessor] = [self._collector]
        try:
            from otel_helisession.processor import SessionSpanProcessor
        except ImportError:
            return
        self.processor = SessionSpanProcessor()
        self.processors.insert(0, self.processor)
        try:
            from otel_helisession.exporters.session_span import SessionSpanExporter
        except ImportError:
            return
        self._exporter = SessionSpanExporter(self._memory)

    def __call__(self) -> Sequence[ReadableSpan]:
        """Return the spans that have ended, with their final attributes, in order of their ends."""
        ended, self._collector.ended = self._collector.ended, []
        if ended:
            assert self._exporter.export(ended) is SpanExportResult.SUCCESS
        return self._memory.get_finished_spans()

    def one(self, name: str) -> ReadableSpan:
        """Return the only ended span of that name."""
        (found,) = [span for span in self() if span.name == name]
        return found
