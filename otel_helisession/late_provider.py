"""The TracerProvider that a program sets up after us: sessions hold for its spans, too.

Auto-instrumentation runs before the program. Where it has set a global provider, the SDK
refuses the program's own, with a warning; but programs and libraries that hold on to theirs
(Logfire does) make their spans with it all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from otel_helisession.guard import caught


class SharedProcessor(SpanProcessor):
    """Passes a further provider's spans on to a processor whose end is not this provider's.

    Args:
        processor: Whose spans these are, too. Shut down by its own provider.
    """

    def __init__(self, processor: SpanProcessor) -> None:
        self._processor = processor

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Pass *span* on."""
        self._processor.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        """Pass *span* on."""
        self._processor.on_end(span)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the processor."""
        return self._processor.force_flush(timeout_millis)

    def shutdown(self) -> None:
        """Deliver what has ended, and leave the processor on."""
        self._processor.force_flush()


def follow(found: Callable[[Any], None]) -> Callable[[], None]:
    """Have *found* called with each provider that is given to ``trace.set_tracer_provider``.

    Args:
        found: Runs on the program's thread, after the provider was set or refused.

    Returns:
        What ends it.
    """
    original = trace.set_tracer_provider

    def set_tracer_provider(tracer_provider: trace.TracerProvider) -> None:
        """Set the global TracerProvider: see opentelemetry.trace."""
        original(tracer_provider)
        try:
            found(tracer_provider)
        except Exception as error:
            caught("following a TracerProvider", error)

    def end() -> None:
        if trace.set_tracer_provider is set_tracer_provider:
            trace.set_tracer_provider = original

    trace.set_tracer_provider = set_tracer_provider
    return end
