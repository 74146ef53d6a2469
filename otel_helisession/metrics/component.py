"""A destination's queue and exporter, as OpenTelemetry's metrics of itself name them."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession import semconv
from otel_helisession.delivery.outlet import Outlet

PROCESSOR_TYPE: Final = "helisession_span_processor"
EXPORTER_TYPE: Final = "helisession_span_exporter"

_processors = itertools.count()
_exporters = itertools.count()

Attributes = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Component:
    """The attributes of one destination's metrics. Neither key nor path of a URL is in them.

    Attributes:
        destination: Those of ``helisession.*`` metrics.
        queue: Those of its queue.
        exporter: Those of its exporter; None when it has metrics of its own.
    """

    destination: Attributes
    queue: Attributes
    exporter: Attributes | None

    @classmethod
    def of(cls, outlet: Outlet) -> Component:
        """Return the component that *outlet* is, numbered as the next of its type."""
        _, _, number = outlet.destination.rpartition(" ")
        name = f"{outlet.name} {number}" if number.isdecimal() else outlet.name
        where = {semconv.DESTINATION: name, **dict(_server(outlet.destination))}
        itself = _has_metrics(outlet.exporter)
        return cls(
            {semconv.DESTINATION: name},
            _named(PROCESSOR_TYPE, next(_processors), where),
            None if itself else _named(EXPORTER_TYPE, next(_exporters), where),
        )


def next_processor() -> Attributes:
    """Return the attributes of a processor as a whole."""
    return _named(PROCESSOR_TYPE, next(_processors), {})


def _named(kind: str, number: int, more: Attributes) -> Attributes:
    return {
        semconv.COMPONENT_TYPE: kind,
        semconv.COMPONENT_NAME: f"{kind}/{number}",
        **more,
    }


def _server(destination: str) -> Iterator[tuple[str, str | int]]:
    """Return host and port of the URL that the *destination* ends with, if it does."""
    _, found, rest = destination.partition("://")
    if not found:
        return
    try:
        url = urlsplit(f"//{rest.split(' ')[0]}")
        host, port = url.hostname, url.port
    except ValueError:
        return
    if host:
        yield semconv.SERVER_ADDRESS, host
    if host and port:
        yield semconv.SERVER_PORT, port


def _has_metrics(exporter: SpanExporter) -> bool:
    """Tell whether *exporter* makes metrics of its own, as OpenTelemetry's do since 1.40: it
    takes a MeterProvider then."""
    try:
        return "meter_provider" in inspect.signature(type(exporter)).parameters
    except (TypeError, ValueError):
        return False
