"""Why a span failed: its status, its exception event, and the HTTP status."""

from __future__ import annotations

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from otel_helisession import semconv
from otel_helisession.conventions.attributes.values import text
from otel_helisession.conventions.operation import Failure
from otel_helisession.conventions.reading import Reading

_TRACEBACK: Final = "Traceback (most recent call last)"


def failure(span: ReadableSpan, said: Reading) -> Failure | None:
    """Return why *span* failed; None when its status is not an error."""
    if span.status.status_code is not StatusCode.ERROR:
        return None
    kind = said.text(semconv.ERROR_TYPE)
    message = span.status.description or ""
    for event in reversed(span.events):
        if event.name == semconv.EXCEPTION_EVENT and event.attributes:
            kind = kind or text(event.attributes.get(semconv.EXCEPTION_TYPE))
            message = message or text(event.attributes.get(semconv.EXCEPTION_MESSAGE)) or ""
            break
    message = message.partition(_TRACEBACK)[0].strip() or message  # LangChain's have one
    status = said.integer(semconv.HTTP_STATUS_CODE, semconv.HTTP_STATUS_CODE_OLD)
    return Failure(type=kind or "error", message=message, status_code=status)
