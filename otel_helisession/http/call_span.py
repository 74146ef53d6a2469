"""The span that we make around an LLM or vector call which nobody else covers."""

from __future__ import annotations

import json
import re
from time import perf_counter
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from otel_helisession import semconv
from otel_helisession.conventions.totals.covering import beside
from otel_helisession.conventions.wire import framing
from otel_helisession.conventions.wire.answer import error_of
from otel_helisession.conventions.wire.call import Wire
from otel_helisession.conventions.wire.endpoints import Found
from otel_helisession.guard import caught
from otel_helisession.http.body import Body, decompressed
from otel_helisession.http.settings import SCOPE, Settings
from otel_helisession.sessions.scope import end_span

_NUMBERS: Final = re.compile(rb"\[[-+0-9.eE,\s]{32,}\]")
"""Vectors: up to megabytes of a body, and they say nothing."""


def start(
    request: Any, found: Found, settings: Settings, package: Any, context: Context | None
) -> CallSpan | None:
    """Start a span for *request* if its body is a call as its address promises, else None.

    Args:
        request: httpx's, about to be sent. Not modified.
        found: What its address promises.
        settings: What holds.
        package: ``httpx`` or ``httpx2``.
        context: The Context to start it in; None is the current one.
    """
    wire, place = found.wire, found.place
    body = _request_body(request, wire.longest_request(place), package, wire.kind == "vector_db")
    if body is None or not wire.speaks(body):
        return None
    url = request.url
    attributes = {**wire.describe(body, place), semconv.SERVER_ADDRESS: url.host}
    model = attributes.get(semconv.REQUEST_MODEL)
    if model is not None and beside(trace.get_current_span(), model, SCOPE) is not None:
        return None
    if url.port is not None:
        attributes[semconv.SERVER_PORT] = url.port
    name = wire.span_name(attributes)
    span = settings.tracer.start_span(name, context, SpanKind.CLIENT, attributes)
    if settings.capture_content and span.is_recording():
        span.set_attributes(wire.asked_content(body))
    lean = attributes.get(semconv.OPERATION_NAME) == "embeddings" or wire.kind == "vector_db"
    return CallSpan(span, wire, lean, settings.capture_content)


def _request_body(request: Any, longest: int, package: Any, lean: bool) -> dict[str, Any] | None:
    """Return the JSON object that *request* sends; None when it is streamed, long or no JSON.

    An empty one where none is needed (*longest* is 0).
    """
    if longest == 0:
        return {}
    if "json" not in request.headers.get("content-type", "json"):
        return None
    try:
        content: bytes = request.content
    except RuntimeError:  # httpx.RequestNotRead: a body that is read as it is sent
        return None
    if len(content) > longest:
        return None
    encoding = request.headers.get("content-encoding")
    if encoding:
        content = b"".join(decompressed([content], encoding, package, longest))
    return _object(content, lean)


def _object(content: bytes, lean: bool) -> dict[str, Any] | None:
    """Return the JSON object in *content*, without its vectors if it shall be *lean*."""
    if lean:
        content = _NUMBERS.sub(b"[]", content)
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


class CallSpan:
    """One call: its span is started before the request is sent, ended when the answer is complete.

    Called on the user's thread; never raises. It ends once: what comes later is ignored.

    Attributes:
        span: The span; it may not be recording.
        started: The ``perf_counter()`` of its start.
    """

    __slots__ = ("_capture", "_ended", "_lean", "_wire", "span", "started")

    def __init__(self, span: Span, spoken: Wire, lean: bool, capture_content: bool) -> None:
        self.span = span
        self.started = perf_counter()
        self._wire = spoken
        self._lean = lean
        self._capture = capture_content
        self._ended = False

    def answered(
        self, body: Body, error: BaseException | None = None, end_time: int | None = None
    ) -> None:
        """End the span with what was received.

        Args:
            body: The answer, as far as it came.
            error: What broke it off, or None.
            end_time: When it ended, in nanoseconds since the epoch; None is now.
        """
        if self._ended:
            return
        try:
            if self.span.is_recording():
                self._describe(body)
        except Exception as failure:
            caught("reading an answer", failure)
        self.end(error, end_time)

    def end(self, error: BaseException | None = None, end_time: int | None = None) -> None:
        """End the span without an answer; *error* is why."""
        if self._ended:
            return
        self._ended = True
        try:
            self._end(error, end_time)
        except Exception as failure:
            caught("ending a span", failure)

    def _end(self, error: BaseException | None, end_time: int | None) -> None:
        if error is None:
            self.span.end(end_time)
            return
        kind = type(error)
        name = kind.__qualname__
        if kind.__module__ != "builtins":
            name = f"{kind.__module__}.{name}"
        self.span.set_attribute(semconv.ERROR_TYPE, name)
        if not isinstance(error, Exception):  # cancelled
            self.span.set_status(Status(StatusCode.ERROR, kind.__name__))
        end_span(self.span, error)

    def _describe(self, body: Body) -> None:
        content = body.decoded()
        streamed = framing.is_stream(body.content_type, content[:64], self._wire.streams)
        said = self._said(body, content, streamed)
        attributes = self._wire.answered(said)
        if self._capture:
            attributes.update(self._wire.answered_content(said))
        if body.first_chunk_seconds is not None and streamed:
            attributes[semconv.TIME_TO_FIRST_CHUNK] = body.first_chunk_seconds
        if body.is_truncated or not (body.is_complete or semconv.FINISH_REASONS in attributes):
            attributes[semconv.RESPONSE_TRUNCATED] = True
        identifier = body.headers.get(semconv.HELICONE_ID_HEADER)
        if identifier:
            attributes[semconv.HELICONE_ID] = identifier
        failed = body.status_code >= 400
        error = error_of(said, failed)
        if failed:
            attributes[semconv.ERROR_TYPE] = str(body.status_code)
            attributes[semconv.HTTP_STATUS_CODE] = body.status_code
        elif error is not None:
            attributes[semconv.ERROR_TYPE] = error[0]
        self.span.set_attributes(attributes)
        if failed or error is not None:
            message = error[1] if error is not None else f"HTTP {body.status_code}"
            self.span.set_status(Status(StatusCode.ERROR, message))

    def _said(self, body: Body, content: bytes, streamed: bool) -> dict[str, Any]:
        """Return the JSON object that was answered; an empty one when it was none."""
        if streamed:
            telling = self._wire.telling(self._capture)
            return self._wire.whole(framing.events(body.content_type, content, telling))
        return _object(content, self._lean) or {}
