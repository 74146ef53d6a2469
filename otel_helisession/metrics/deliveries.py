"""Metrics of delivery: what became of spans, queues, latency.

All but the latency are read from counts that delivery keeps anyhow, and only when a metric
reader collects: no span costs anything for them.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from opentelemetry.metrics import (
    CallbackOptions,
    Histogram,
    MeterProvider,
    Observation,
    get_meter_provider,
)

from otel_helisession import environment, semconv
from otel_helisession.delivery.delivery import Delivery
from otel_helisession.delivery.outcome import Outcome
from otel_helisession.delivery.outlet import Outlet
from otel_helisession.delivery.tally import Tally
from otel_helisession.guard import caught
from otel_helisession.metrics import catalogue
from otel_helisession.metrics.catalogue import Metric
from otel_helisession.metrics.component import Attributes, Component, next_processor
from otel_helisession.metrics.instruments import histogram, meter, observe

_SWITCH: Final = "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED"
"""OpenTelemetry's: ``true`` has the SDK measure itself. Default ``false``."""

_CROWDED_OUT: Final = "queue_full"
_LATE: Final = "already_shutdown"
"""The conventions' own words for why a processor drops a span."""

_OUT_OF_TIME: Final = "timeout"
"""It could neither be delivered in time nor kept."""


@dataclass(frozen=True, slots=True)
class _Figures:
    """What one destination has to say when metrics are collected."""

    component: Component
    tally: Tally
    waiting: int
    capacity: int
    in_flight: int
    crowded_out: int
    late: int
    dropped: int


class _Watched:
    """One delivery, with the names of its destinations."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery: Final = weakref.ref(delivery)
        self.name: Final = next_processor()
        self.components: Final = tuple(Component.of(queue.outlet) for queue in delivery.queues)

    def figures(self) -> Iterator[_Figures]:
        """Return what the destinations have to say; nothing when the delivery is gone."""
        delivery = self.delivery()
        if delivery is None or delivery.waiting < 0:  # asking notices a fork
            return
        for queue, component in zip(delivery.queues, self.components, strict=True):
            tally = queue.tally
            yield _Figures(
                component,
                tally,
                queue.waiting,
                delivery.settings.max_queue_size,
                queue.outlet.in_flight,
                delivery.crowded_out + tally.crowded_out,
                delivery.late,
                delivery.dropped + tally.dropped,
            )


def processed(one: _Figures) -> Iterator[tuple[Attributes, int]]:
    """Return what a queue is done with: handed over, or dropped, and why."""
    tally, name = one.tally, one.component.queue
    yield name, tally.accepted + tally.refused + tally.kept
    yield {**name, semconv.ERROR_TYPE: _CROWDED_OUT}, one.crowded_out
    yield {**name, semconv.ERROR_TYPE: _LATE}, one.late
    yield {**name, semconv.ERROR_TYPE: _OUT_OF_TIME}, one.dropped - one.crowded_out - one.late


def exported(one: _Figures) -> Iterator[tuple[Attributes, int]]:
    """Return what an exporter is done with."""
    name = one.component.exporter
    if name is not None:
        yield name, one.tally.accepted + one.tally.resent
        yield {**name, semconv.ERROR_TYPE: "refused"}, one.tally.refused


def in_flight(one: _Figures) -> Iterator[tuple[Attributes, int]]:
    """Return what an exporter is at."""
    if one.component.exporter is not None:
        yield one.component.exporter, one.in_flight


def delivered(one: _Figures) -> Iterator[tuple[Attributes, int]]:
    """Return what became of spans, all of it."""
    outcomes = {
        "accepted": one.tally.accepted,
        "refused": one.tally.refused,
        "dropped": one.dropped,
        "spooled": one.tally.kept,
        "resent": one.tally.resent,
    }
    for outcome, spans in outcomes.items():
        yield {**one.component.destination, semconv.OUTCOME: outcome}, spans


_Values = Callable[[_Figures], Iterable[tuple[Attributes, int]]]

_ALWAYS: Final[dict[Metric, _Values]] = {catalogue.DELIVERED: delivered}
_SDK: Final[dict[Metric, _Values]] = {
    catalogue.PROCESSED: processed,
    catalogue.QUEUE_SIZE: lambda one: [(one.component.queue, one.waiting)],
    catalogue.QUEUE_CAPACITY: lambda one: [(one.component.queue, one.capacity)],
    catalogue.EXPORTED: exported,
    catalogue.INFLIGHT: in_flight,
}


class _Register:
    """The deliveries that one MeterProvider measures. Its instruments exist once."""

    def __init__(self, provider: MeterProvider) -> None:
        self._meter = meter(provider)
        self._watched: list[_Watched] = []
        self._durations: Histogram | None = None
        observe(self._meter, catalogue.GATHERING, self._gathering)
        self._observe(_ALWAYS)

    def add(self, delivery: Delivery, sdk: bool) -> None:
        """Measure *delivery* from now on, for as long as it lives."""
        watched = _Watched(delivery)
        self._watched = [one for one in self._watched if one.delivery() is not None] + [watched]
        if not sdk:
            return
        if self._durations is None:
            self._observe(_SDK)
            self._durations = histogram(self._meter, catalogue.OPERATION_DURATION)
        for queue, component in zip(delivery.queues, watched.components, strict=True):
            if component.exporter is not None:
                _time(queue.outlet, self._durations, component.exporter)

    def _observe(self, metrics: dict[Metric, _Values]) -> None:
        for metric, values in metrics.items():
            observe(self._meter, metric, self._callback(values))

    def _callback(self, values: _Values) -> Callable[[CallbackOptions], list[Observation]]:
        def observed(options: CallbackOptions) -> list[Observation]:
            try:
                return [
                    Observation(value, attributes)
                    for watched in self._watched
                    for figures in watched.figures()
                    for attributes, value in values(figures)
                ]
            except Exception as error:
                caught("measuring the delivery", error)
                return []

        return observed

    def _gathering(self, options: CallbackOptions) -> list[Observation]:
        pairs = ((watched.delivery(), watched.name) for watched in self._watched)
        return [
            Observation(max(0, one.waiting - one.queues.waiting), name)
            for one, name in pairs
            if one is not None
        ]


def _time(outlet: Outlet, durations: Histogram, name: Attributes) -> None:
    """Have each call of the exporter recorded, on the thread that makes it."""

    def sent(seconds: float, outcome: Outcome) -> None:
        refused = outcome.refused or outcome.rejected
        failed = "refused" if refused else "undelivered" if outcome.undelivered else None
        try:
            durations.record(seconds, {**name, semconv.ERROR_TYPE: failed} if failed else name)
        except Exception as error:
            caught("measuring an export", error)

    outlet.on_sent = sent


_registers: weakref.WeakKeyDictionary[MeterProvider, _Register] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def measure(delivery: Delivery, provider: MeterProvider | None) -> None:
    """Measure *delivery* with *provider*; None: the global one, also if it is set later."""
    sdk = (environment.text(_SWITCH) or "").lower() == "true"  # as the SDK reads it
    provider = provider or get_meter_provider()
    with _lock:
        register = _registers.get(provider)
        if register is None:
            register = _registers[provider] = _Register(provider)
        register.add(delivery, sdk)
