"""The name of a destination: the same after a restart, another for each, and no secret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.sdk.trace.export import SpanExporter


def destination_names(exporters: Sequence[SpanExporter]) -> list[str]:
    """Return a name for each of the *exporters*, by which a spool knows what is whose.

    It is what the exporter's public attribute ``destination`` says, else its class, with its
    public ``endpoint`` as far as that is no secret. Of several that have one name, the second
    is ``NAME 2``, and so on: give each a ``destination`` if their order may change.
    """
    names: list[str] = []
    counts: dict[str, int] = {}
    for exporter in exporters:
        name = _name(exporter)
        counts[name] = counts.get(name, 0) + 1
        names.append(name if counts[name] == 1 else f"{name} {counts[name]}")
    return names


def _name(exporter: SpanExporter) -> str:
    given: Any = getattr(exporter, "destination", None)
    if isinstance(given, str) and given:
        return given
    name = type(exporter).__name__
    endpoint = getattr(exporter, "endpoint", None)
    shown = _without_secrets(endpoint) if isinstance(endpoint, str) else ""
    return f"{name} {shown}" if shown else name


def _without_secrets(url: str) -> str:
    """Return scheme, host, port and path of *url*; empty when it is none."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if not host:
        return ""
    address = f"[{host}]" if ":" in host else host
    scheme = f"{parts.scheme}://" if parts.scheme else ""
    return f"{scheme}{address}{f':{port}' if port else ''}{parts.path}"
