"""Where the request went that an HTTP client's span describes."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind

from otel_helisession import semconv
from otel_helisession.conventions import reader

HTTPX: Final = "opentelemetry.instrumentation.httpx"
"""How scopes begin whose requests we see in httpx itself, once it is instrumented by us."""

_METHODS: Final = (semconv.HTTP_METHOD, semconv.HTTP_METHOD_OLD)
_URLS: Final = (semconv.URL_FULL, semconv.HTTP_URL_OLD)
_HOSTS: Final = (semconv.SERVER_ADDRESS, semconv.NET_PEER_NAME_OLD)


def of(span: ReadableSpan) -> str | None:
    """Return the host; None when *span* is no HTTP client's, or does not say."""
    attributes = reader.attributes_of(span)
    if span.kind is not SpanKind.CLIENT or not any(name in attributes for name in _METHODS):
        return None
    for name in _URLS:
        if name in attributes:
            try:
                found = urlsplit(str(attributes[name])).hostname
            except ValueError:
                return None
            if found:
                return found
    for name in _HOSTS:
        if attributes.get(name):
            return str(attributes[name])
    return None
