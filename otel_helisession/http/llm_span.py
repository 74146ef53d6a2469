"""The LLM span that we make around a call which nobody else covers."""

from __future__ import annotations

import json
import re
from time import perf_counter
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from otel_helisession import semconv
from otel_helisession.conventions import sse, wire
from otel_helisession.conventions.wire import Wire
from otel_helisession.guard import caught
from otel_helisession.http.body import Body
from otel_helisession.http.providers import provider
from otel_helisession.http.settings import Settings
from otel_helisession.sessions.scope import end_span

MAX_REQUEST_BYTES: Final = 32 * 1024 * 1024
"""Longest request that is parsed: the most that a provider accepts (Anthropic, 32 MB)."""

_DEPLOYMENT = re.compile(r"/deployments/([^/]+)/")
"""Azure names the model in the URL."""

_VECTORS = re.compile(rb'("embedding"\s*:\s*)(?:\[[^\]]*\]|"[^"]*")')


def start(
    request: Any, spoken: Wire, settings: Settings, context: Context | None
) -> LLMSpan | None:
    """Start a span for *request* if its body is a call in the format *spoken*, else None.

    Args:
        request: httpx's, about to be sent. Not modified.
        spoken: What its path promises.
        settings: What holds.
        context: The Context to start it in; None is the current one.
    """
    body = _request_body(request)
    if body is None or not spoken.speaks(body):
        return None
    url = request.url
    attributes = {
        semconv.OPERATION_NAME: spoken.operation,
        semconv.PROVIDER_NAME: provider(_served_by(request)) or spoken.name,
        **spoken.request(body),
        semconv.SERVER_ADDRESS: url.host,
    }
    if url.port is not None:
        attributes[semconv.SERVER_PORT] = url.port
    if semconv.REQUEST_MODEL not in attributes:
        deployment = _DEPLOYMENT.search(url.path)
        if deployment:
            attributes[semconv.REQUEST_MODEL] = deployment[1]
    name = f"{spoken.operation} {attributes.get(semconv.REQUEST_MODEL, '')}".rstrip()
    span = settings.tracer.start_span(name, context, SpanKind.CLIENT, attributes)
    if settings.capture_content and span.is_recording():
        span.set_attributes(spoken.input_content(body))
    return LLMSpan(span, spoken, settings.capture_content)


def _request_body(request: Any) -> dict[str, Any] | None:
    """Return the JSON object that *request* sends; None when it is streamed, long or no JSON."""
    try:
        content = request.content
    except RuntimeError:  # httpx.RequestNotRead: a body that is read as it is sent
        return None
    if len(content) > MAX_REQUEST_BYTES:
        return None
    return _json(content)


def _json(content: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _served_by(request: Any) -> str:
    """Return the host whose model answers: behind a gateway of Helicone, its target."""
    target = request.headers.get(semconv.TARGET_URL_HEADER)
    host = request.url.host if target is None else re.sub(r"^\w+://|[:/].*$", "", target)
    return str(host).lower()


class LLMSpan:
    """One LLM call: started before its request is sent, ended when its answer is complete.

    Called on the user's thread; never raises. It ends once: what comes later is ignored.

    Attributes:
        span: The span; it may not be recording.
        started: The ``perf_counter()`` of its start.
    """

    __slots__ = ("_capture", "_ended", "_wire", "span", "started")

    def __init__(self, span: Span, spoken: Wire, capture_content: bool) -> None:
        self.span = span
        self.started = perf_counter()
        self._wire = spoken
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
            caught("reading an LLM's answer", failure)
        self.end(error, end_time)

    def end(self, error: BaseException | None = None, end_time: int | None = None) -> None:
        """End the span without an answer; *error* is why."""
        if self._ended:
            return
        self._ended = True
        try:
            self._end(error, end_time)
        except Exception as failure:
            caught("ending an LLM span", failure)

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
        said = self._said(body)
        attributes = self._wire.response(said)
        if self._capture:
            attributes.update(self._wire.output_content(said))
        if body.first_chunk_seconds is not None and body.is_event_stream:
            attributes[semconv.TIME_TO_FIRST_CHUNK] = body.first_chunk_seconds
        if body.is_truncated:
            attributes[semconv.RESPONSE_TRUNCATED] = True
        identifier = body.headers.get(semconv.HELICONE_ID_HEADER)
        if identifier:
            attributes[semconv.HELICONE_ID] = identifier
        failed = body.status_code >= 400
        error = wire.error_of(said, failed)
        if failed:
            attributes[semconv.ERROR_TYPE] = str(body.status_code)
            attributes[semconv.HTTP_STATUS_CODE] = body.status_code
        elif error is not None:
            attributes[semconv.ERROR_TYPE] = error[0]
        self.span.set_attributes(attributes)
        if failed or error is not None:
            message = error[1] if error is not None else f"HTTP {body.status_code}"
            self.span.set_status(Status(StatusCode.ERROR, message))

    def _said(self, body: Body) -> dict[str, Any]:
        """Return the JSON object that was answered; an empty one when it was none."""
        content = body.decoded()
        if body.is_event_stream:
            telling = None if self._capture else self._wire.telling
            return self._wire.whole(sse.events(content, telling))
        if self._wire.operation == "embeddings":
            content = _VECTORS.sub(rb"\g<1>0", content)  # megabytes that say nothing
        return _json(content) or {}
