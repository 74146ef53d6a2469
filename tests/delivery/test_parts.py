"""The small parts of delivery: pauses, weights, names, settings."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.delivery.backoff import Backoff
from otel_helisession.delivery.destination import destination_names
from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.delivery.weight import SPAN_BYTES, VALUE_BYTES, weight
from otel_helisession.exporters.helicone import HeliconeSpanExporter
from otel_helisession.exporters.local import LocalSpanExporter

KEY = "sk-helicone-aaaaaaa-0000000-0000000-0000000"


def test_pauses_double_up_to_a_bound() -> None:
    """Each is anything between nothing and that bound: full jitter."""
    asked: list[tuple[float, float]] = []
    backoff = Backoff(first=0.5, longest=3.0, uniform=lambda low, high: asked.append((low, high)))  # type: ignore[func-returns-value]
    for attempts in (1, 2, 3, 4, 500):
        backoff.pause(attempts)
    assert asked == [(0.0, 0.5), (0.0, 1.0), (0.0, 2.0), (0.0, 3.0), (0.0, 3.0)]


def ended(**attributes: Any) -> ReadableSpan:
    """Return a span that has ended, with these attributes."""
    span = TracerProvider(shutdown_on_exit=False).get_tracer("tests").start_span("work")
    span.set_attributes(attributes)
    span.end()
    assert isinstance(span, ReadableSpan)
    return span


def test_a_spans_weight_is_mostly_its_text() -> None:
    """Texts count by their length, other values by a constant, events like attributes."""
    assert weight(ended()) == SPAN_BYTES
    assert weight(ended(prompt="x" * 1_000, retry=False)) == SPAN_BYTES + 2 * VALUE_BYTES + 1_000
    assert weight(ended(tags=("ab", "cde"))) == SPAN_BYTES + VALUE_BYTES + 5


def test_events_weigh_too() -> None:
    """Older instrumentations write messages there."""
    span = TracerProvider(shutdown_on_exit=False).get_tracer("tests").start_span("chat")
    span.add_event("message", {"content": "x" * 500})
    span.end()
    assert isinstance(span, ReadableSpan)
    assert weight(span) == SPAN_BYTES + 2 * VALUE_BYTES + 500


class _Exporter(SpanExporter):
    def __init__(self, **public: Any) -> None:
        vars(self).update(public)


@pytest.mark.parametrize(
    ("public", "name"),
    [
        ({}, "_Exporter"),
        ({"endpoint": "https://me:secret@host.example/v1?token=x"}, "_Exporter https://host.example/v1"),
        ({"endpoint": "localhost:4317"}, "_Exporter localhost:4317"),
        ({"endpoint": "http://[::1]:4318/v1/traces"}, "_Exporter http://[::1]:4318/v1/traces"),
        ({"endpoint": "http://[broken"}, "_Exporter"),
        ({"endpoint": 7}, "_Exporter"),
        ({"destination": "the vault", "endpoint": "http://h"}, "the vault"),
    ],
    ids=str,
)  # fmt: skip
def test_a_destination_has_a_name_without_secrets(public: dict[str, Any], name: str) -> None:
    """Its own, or its class and endpoint."""
    assert destination_names([_Exporter(**public)]) == [name]


def test_destinations_have_different_names() -> None:
    """By number where nothing else tells them apart."""
    exporters = [_Exporter(), _Exporter(endpoint="http://h/"), _Exporter()]
    assert destination_names(exporters) == ["_Exporter", "_Exporter http://h/", "_Exporter 2"]


def test_our_own_destinations_are_named() -> None:
    """By endpoint and by file, and never with the key."""
    helicone, local = HeliconeSpanExporter(KEY), LocalSpanExporter("/tmp/sessions.db")
    helicone_name, local_name = destination_names([helicone, local])
    assert helicone_name.startswith("HeliconeSpanExporter https://")
    assert "0000000" not in helicone_name
    assert local_name == "LocalSpanExporter /tmp/sessions.db"


def test_the_bound_in_bytes_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard ones stand beside it."""
    monkeypatch.setenv("HELISESSION_MAX_QUEUE_BYTES", "1000000")
    assert DeliverySettings.from_environment() == DeliverySettings(max_queue_bytes=1_000_000)
    monkeypatch.setenv("HELISESSION_MAX_QUEUE_BYTES", "much")
    with pytest.raises(ValueError, match="HELISESSION_MAX_QUEUE_BYTES is 'much'"):
        DeliverySettings.from_environment()


def test_how_long_retries_go_on_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zero is none of them."""
    monkeypatch.setenv("HELISESSION_RETRY_SECONDS", "0")
    assert DeliverySettings.from_environment() == DeliverySettings(retry_for_seconds=0)
    monkeypatch.setenv("HELISESSION_RETRY_SECONDS", "-1")
    with pytest.raises(ValueError, match="set it to a number of at least 0"):
        DeliverySettings.from_environment()


@pytest.mark.parametrize("wrong", [{"max_queue_bytes": 0}, {"retry_for_seconds": -1}], ids=str)
def test_bounds_are_checked(wrong: dict[str, Any]) -> None:
    """No bytes is no queue; no time for retries is none."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DeliverySettings(**wrong)
    assert DeliverySettings(retry_for_seconds=0).retry_for_seconds == 0
