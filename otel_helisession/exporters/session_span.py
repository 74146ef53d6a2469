"""For people who keep their own BatchSpanProcessor: an exporter around their exporter."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession import joining
from otel_helisession.conventions import reader
from otel_helisession.delivery.destination import destination_names
from otel_helisession.delivery.rejections import Rejections
from otel_helisession.finishing import (
    MAX_VALUE_CHARS,
    SUFFIX,
    Cleaning,
    Redact,
    captures_content,
    finish,
    session_id,
    without_content,
)
from otel_helisession.sessions import ended
from otel_helisession.sessions.adoption import ADOPTED_KEYS, clean_keys


class SessionSpanExporter(SpanExporter):
    """Wraps *exporter*, so that final paths, masking and re-stamping hold there too.

    ``BatchSpanProcessor(SessionSpanExporter(OTLPSpanExporter()))``, beside a
    ``SessionSpanProcessor()`` that stamps. Within a batch, a session's spans are contiguous.
    Given to a SessionSpanProcessor, it is for what one of several exporters shall not get.

    Args:
        exporter: Whose ``export`` gets the finished spans. Owned from now on: shut down with
            this one.
        adopt: Attributes in which other libraries name a session; as for the processor.
        capture_content: False leaves out messages, arguments, results, queries and data (see
            docs/content.md); error text stays. None reads ``HELISESSION_CAPTURE_CONTENT``.
        redact: As for the processor. Texts that a processor has cleaned go through both.
        max_value_chars: As for the processor.
        keep_media: As for the processor.

    Raises:
        TypeError: *exporter* cannot export, or an argument has the wrong type.
        ValueError: An argument or variable has a value that is not accepted.
    """

    def __init__(
        self,
        exporter: SpanExporter,
        *,
        adopt: Iterable[str] = ADOPTED_KEYS,
        capture_content: bool | None = None,
        redact: Redact | None = None,
        max_value_chars: int | None = MAX_VALUE_CHARS,
        keep_media: bool = False,
    ) -> None:
        if isinstance(exporter, type) or not callable(getattr(exporter, "export", None)):
            raise TypeError(
                "SessionSpanExporter wraps a span exporter (an object with an export method), "
                f"not {type(exporter).__name__}"
            )
        self._exporter = exporter
        self._rejections = Rejections(exporter)
        self._adopted = clean_keys(adopt)
        self._cleaning = Cleaning(redact, max_value_chars, keep_media)
        self._has_content = captures_content(capture_content)
        ended.remember()
        joining.current.expect(self)

    @property
    def destination(self) -> str:
        """The name under which a spool keeps what is for the wrapped exporter."""
        return destination_names([self._exporter])[0] + ("" if self._has_content else SUFFIX)

    def spooled(self, span: ReadableSpan) -> ReadableSpan:
        """Return what a spool may keep of *span*."""
        return span if self._has_content else without_content(span)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export the finished *spans*; the result is the wrapped exporter's.

        An OTLP endpoint that takes the call and rejects spans of it is logged, once; the result
        is a success all the same, as OpenTelemetry has it.
        """
        sessions: dict[str | None, list[ReadableSpan]] = {}
        for span in spans:
            if reader.is_pending(span):
                continue
            entry = ended.get(span)
            key = session_id(span, entry, self._adopted)
            finished = finish(span, entry, self._adopted, self._cleaning)
            sessions.setdefault(key, []).append(self.spooled(finished))
        ready = [span for group in sessions.values() for span in group]
        self._rejections.begin()
        result = self._exporter.export(ready)
        self._rejections.end(type(self).__name__, len(ready))
        return result

    def shutdown(self, timeout_millis: int = 30_000) -> None:
        """Shut the wrapped exporter down, within *timeout_millis* where it can keep that."""
        joining.current.dismiss(self)
        shutdown = self._exporter.shutdown
        if "timeout_millis" in inspect.signature(shutdown).parameters:
            shutdown(timeout_millis=timeout_millis)  # type: ignore[call-arg]
        else:
            shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the wrapped exporter; the result is its own."""
        return self._exporter.force_flush(timeout_millis)
