"""Instruments for the catalogue's metrics, from any version of the metrics API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from opentelemetry.metrics import (
    CallbackOptions,
    Counter,
    Histogram,
    Meter,
    MeterProvider,
    Observation,
    get_meter_provider,
)

from otel_helisession.metrics.catalogue import Metric
from otel_helisession.version import __version__

SCOPE: Final = "otel_helisession"
"""The name of our instrumentation scope."""

Callback = Callable[[CallbackOptions], Iterable[Observation]]


def meter(provider: MeterProvider | None) -> Meter:
    """Return our meter of *provider*; None: the global one, also if it is set later."""
    return (provider or get_meter_provider()).get_meter(SCOPE, __version__)


def counter(meter: Meter, metric: Metric) -> Counter:
    """Return a counter for *metric*."""
    return meter.create_counter(metric.name, metric.unit, metric.description)


def histogram(meter: Meter, metric: Metric) -> Histogram:
    """Return a histogram for *metric*, with its buckets where the API takes them (1.30)."""
    try:
        return meter.create_histogram(
            metric.name,
            metric.unit,
            metric.description,
            explicit_bucket_boundaries_advisory=metric.buckets,
        )
    except TypeError:
        return meter.create_histogram(metric.name, metric.unit, metric.description)


def observe(meter: Meter, metric: Metric, callback: Callback) -> None:
    """Have *callback* asked for the values of *metric* when a reader collects."""
    create = (
        meter.create_observable_counter
        if metric.kind == "counter"
        else meter.create_observable_up_down_counter
    )
    create(metric.name, [callback], metric.unit, metric.description)
