"""OTLP's partial success: an endpoint says that it has taken a call, but not all spans in it."""

from __future__ import annotations

import json
import logging
import threading
from typing import Any, Final

from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery.inherited import sessions_of
from otel_helisession.guard import caught, once
from otel_helisession.redaction import redact

_MAX_CHARS: Final = 200
"""Of what an endpoint says: a sentence for people."""


class Rejections:
    """Hears what the endpoint of a stock exporter answers, where that can be heard.

    The SDK's exporters call a partial success a success, and read no further. Those over HTTP
    send by a ``requests.Session``, which tells hooks of its answers; over gRPC nobody is told.

    Args:
        exporter: Hooks are put into what it sends by, for as long as it lives.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._listening: int | None = None
        self._spans = 0
        self._message = ""
        for session in sessions_of(exporter):
            session.hooks["response"].append(self._hear)

    def begin(self) -> None:
        """Listen to the answers that come on this thread, from now on."""
        self._listening = threading.get_ident()
        self._spans, self._message = 0, ""

    def end(self, name: str, size: int) -> tuple[int, str]:
        """Listen no more. Return how many spans were rejected, and what was said, without
        secrets; the latter may be a warning alone. Either is logged, once for each *name*.

        Args:
            name: What messages call the destination.
            size: How many spans were sent.
        """
        self._listening = None
        rejected, said = self._spans, redact(self._message)[:_MAX_CHARS]
        if rejected or said:
            once(
                ("exporter", name, "partial success", rejected > 0),
                logging.WARNING,
                "%s was told that its call was a success, but %d of %d spans were rejected: %s",
                name,
                rejected,
                size,
                said or "no reason given",
            )
        return rejected, said

    def _hear(self, response: Any, *arguments: Any, **options: Any) -> None:
        if self._listening != threading.get_ident():
            return  # somebody else's, where a session is shared
        try:
            if response.ok and response.content:
                self._spans, self._message = _partial_success(response)
        except Exception as error:
            caught("reading the answer of an OTLP endpoint", error)


def _partial_success(response: Any) -> tuple[int, str]:
    if "json" in response.headers.get("content-type", ""):
        said = json.loads(response.content).get("partialSuccess") or {}
        return int(said.get("rejectedSpans", 0)), str(said.get("errorMessage", ""))
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

    partial = ExportTraceServiceResponse.FromString(response.content).partial_success
    return partial.rejected_spans, partial.error_message
