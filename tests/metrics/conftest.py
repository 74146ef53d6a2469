"""A MeterProvider whose points can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

Point = tuple[dict[str, Any], float]


class Measured:
    """What a MeterProvider has measured.

    Attributes:
        provider: To be given to what measures.
    """

    def __init__(self) -> None:
        self._reader = InMemoryMetricReader()
        self.provider = MeterProvider([self._reader], shutdown_on_exit=False)

    def metrics(self) -> dict[str, Any]:
        """Return the metrics of our scope by name, as the SDK has them."""
        data: Any = self._reader.get_metrics_data()
        return {
            metric.name: metric
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            if scope.scope.name == "otel_helisession"
            for metric in scope.metrics
        }

    def points(self, name: str) -> list[Point]:
        """Return attributes and value (a histogram's sum) of the metric's points but zeros."""
        metric = self.metrics().get(name)
        found = [] if metric is None else metric.data.data_points
        points = [
            (dict(one.attributes), getattr(one, "value", getattr(one, "sum", 0))) for one in found
        ]
        return [point for point in points if point[1]]


@pytest.fixture
def measured() -> Iterator[Measured]:
    made = Measured()
    yield made
    made.provider.shutdown()
