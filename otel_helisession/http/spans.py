"""HTTP spans, which are not ours: OpenTelemetry's own instrumentation of httpx, switched on."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Final

from opentelemetry.trace import TracerProvider

from otel_helisession.extras import installing

_INSTRUMENTORS: Final = {
    "httpx": "HTTPXClientInstrumentor",
    "httpx2": "HTTPX2ClientInstrumentor",  # since opentelemetry-instrumentation-httpx 0.64b0
}


def instrument_http_spans(provider: TracerProvider | None) -> None:
    """Turn on OpenTelemetry's own instrumentation of httpx and httpx2, as far as installed.

    Raises:
        ImportError: It is not installed.
    """
    try:
        instrumentation = import_module("opentelemetry.instrumentation.httpx")
    except ImportError as error:
        raise ImportError(f"http_spans=True needs an extra: {installing('httpx')}") from error
    for client, name in _INSTRUMENTORS.items():
        instrumentor = getattr(instrumentation, name, None)
        if instrumentor is not None and find_spec(client) is not None:
            instrumentor().instrument(tracer_provider=provider)
