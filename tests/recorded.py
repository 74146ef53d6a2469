"""Spans of the SDK with times and attributes set by hand, for tests of the store and command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Span, Status, StatusCode

from otel_helisession.exporters.local import LocalSpanExporter

EPOCH = 1_767_225_600_000_000_000
"""2026-01-01T00:00:00Z: the start of every session here."""


class Recorder:
    """Makes spans of sessions. Times are milliseconds after *epoch*."""

    def __init__(self, epoch: int = EPOCH) -> None:
        self._epoch = epoch
        self._memory = InMemorySpanExporter()
        self._provider = TracerProvider(
            resource=Resource({"service.name": "tests"}), shutdown_on_exit=False
        )
        self._provider.add_span_processor(SimpleSpanProcessor(self._memory))
        self._tracer = self._provider.get_tracer("tests", "1.0")

    def span(
        self,
        name: str,
        *,
        session: str | None = "s-1",
        path: str = "/",
        times: tuple[float, float] = (0, 1),
        parent: Span | None = None,
        error: tuple[str, str] | None = None,
        **attributes: Any,
    ) -> Span:
        """Make a span that has ended, and return it. ``__`` in an attribute's name is a dot."""
        given = {key.replace("__", "."): value for key, value in attributes.items()}
        if session is not None:
            given = {
                "helicone.session.id": session,
                "helicone.session.path": path,
                "helicone.session.name": "Trip",
            } | given
        start, end = (self._epoch + int(time * 1e6) for time in times)
        context = trace.set_span_in_context(parent) if parent else None
        span = self._tracer.start_span(name, context, attributes=given, start_time=start)
        if error is not None:
            span.set_attribute("error.type", error[0])
            span.set_status(Status(StatusCode.ERROR, error[1]))
        span.end(end)
        return span

    def llm(
        self, model: str = "gpt-5-mini", tokens: tuple[int, int] = (10, 5), **rest: Any
    ) -> Span:
        """Make an LLM span in the GenAI conventions."""
        return self.span(
            f"chat {model}",
            **{
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": model,
                "gen_ai.usage.input_tokens": tokens[0],
                "gen_ai.usage.output_tokens": tokens[1],
                **rest,
            },
        )

    def tool(self, name: str, **rest: Any) -> Span:
        """Make a span of a tool's execution in the GenAI conventions."""
        said = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
        return self.span(f"execute_tool {name}", **said, **rest)

    def take(self) -> list[ReadableSpan]:
        """Return what was made since the last call."""
        made = list(self._memory.get_finished_spans())
        self._memory.clear()
        return made


@contextmanager
def exporting(path: Path | None = None) -> Iterator[LocalSpanExporter]:
    """Yield a LocalSpanExporter, and shut it down."""
    exporter = LocalSpanExporter(path)
    try:
        yield exporter
    finally:
        exporter.shutdown()


def store(spans: list[ReadableSpan], path: Path | None = None) -> None:
    """Put *spans* into the store at *path*, the test's own when None."""
    with exporting(path) as exporter:
        assert exporter.export(spans) is SpanExportResult.SUCCESS
