"""Every metric that this package makes: name, kind, unit and attributes.

docs/metrics.md has the same table, and a test compares both with what is emitted. Names
under ``otel.sdk.`` and ``gen_ai.`` are OpenTelemetry's:
https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/ and
https://github.com/open-telemetry/semantic-conventions-genai. The others are public API
under semantic versioning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from otel_helisession import semconv

_SECONDS: Final = tuple(0.01 * 2**power for power in range(14))
"""What the GenAI conventions advise for calls: 10 ms to 82 s, doubling."""

_SESSION_SECONDS: Final = tuple(float(4**power) for power in range(9))
"""A second to 18 hours: from one call to a conversation over a day."""

_TOKENS: Final = tuple(float(4**power) for power in range(14))
"""What the GenAI conventions advise for tokens."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes:
        name: Under which backends find it.
        kind: ``counter`` only grows, ``updowncounter`` is a level that may be added up.
        unit: In UCUM.
        description: One sentence.
        attributes: Those that a point may have.
        buckets: The upper bounds of a histogram's buckets; the user's views may have others.
    """

    name: str
    kind: Literal["counter", "updowncounter", "histogram"]
    unit: str
    description: str
    attributes: tuple[str, ...]
    buckets: tuple[float, ...] = ()


_COMPONENT: Final = (
    semconv.COMPONENT_TYPE,
    semconv.COMPONENT_NAME,
    semconv.DESTINATION,
    semconv.SERVER_ADDRESS,
    semconv.SERVER_PORT,
)
_FALLIBLE: Final = (*_COMPONENT, semconv.ERROR_TYPE)

PROCESSED: Final = Metric(
    "otel.sdk.processor.span.processed",
    "counter",
    "{span}",
    "Spans that a destination's queue is done with, handed over or dropped.",
    _FALLIBLE,
)
QUEUE_SIZE: Final = Metric(
    "otel.sdk.processor.span.queue.size",
    "updowncounter",
    "{span}",
    "Spans in a destination's queue, those on their way included.",
    _COMPONENT,
)
QUEUE_CAPACITY: Final = Metric(
    "otel.sdk.processor.span.queue.capacity",
    "updowncounter",
    "{span}",
    "Spans that a destination's queue can hold.",
    _COMPONENT,
)
EXPORTED: Final = Metric(
    "otel.sdk.exporter.span.exported",
    "counter",
    "{span}",
    "Spans that an exporter is done with, accepted or refused for good.",
    _FALLIBLE,
)
INFLIGHT: Final = Metric(
    "otel.sdk.exporter.span.inflight",
    "updowncounter",
    "{span}",
    "Spans in a call of an exporter that has not returned.",
    _COMPONENT,
)
OPERATION_DURATION: Final = Metric(
    "otel.sdk.exporter.operation.duration",
    "histogram",
    "s",
    "How long the calls of an exporter took, failed attempts included.",
    _FALLIBLE,
    _SECONDS,
)
DELIVERED: Final = Metric(
    "helisession.delivery.spans",
    "counter",
    "{span}",
    "What became of spans on their way to a destination.",
    (semconv.DESTINATION, semconv.OUTCOME),
)
GATHERING: Final = Metric(
    "helisession.delivery.gathering",
    "updowncounter",
    "{span}",
    "Ended spans that wait for the others of their session, before the queues.",
    (semconv.COMPONENT_TYPE, semconv.COMPONENT_NAME),
)

SDK: Final = (PROCESSED, QUEUE_SIZE, QUEUE_CAPACITY, EXPORTED, INFLIGHT, OPERATION_DURATION)
"""Those that ``OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED`` switches on, as the SDK's own."""

DELIVERY: Final = (DELIVERED, GATHERING)
"""Those that are there whenever there is a MeterProvider."""

_PLACE: Final = (semconv.SESSION_NAME, semconv.SESSION_PATH)
_REQUEST: Final = (*_PLACE, semconv.REQUEST_TYPE, semconv.REQUEST_MODEL)
_CALL: Final = (
    *_PLACE,
    semconv.OPERATION_NAME,
    semconv.PROVIDER_NAME,
    semconv.REQUEST_MODEL,
)

REQUESTS: Final = Metric(
    "helisession.session.requests",
    "counter",
    "{request}",
    "LLM, tool, vector and data requests, each counted once, however many spans tell of it.",
    _REQUEST,
)
ERRORS: Final = Metric(
    "helisession.session.errors",
    "counter",
    "{error}",
    "Errors, each counted where it arose.",
    (*_REQUEST, semconv.ERROR_TYPE),
)
COST: Final = Metric(
    "helisession.session.cost",
    "counter",
    "{USD}",
    "What LLM calls cost, in US dollars, as far as it is known.",
    _REQUEST,
)
REQUEST_DURATION: Final = Metric(
    "helisession.session.request.duration",
    "histogram",
    "s",
    "How long tool, vector and data requests took.",
    (*_PLACE, semconv.REQUEST_TYPE, semconv.ERROR_TYPE),
    _SECONDS,
)
SESSION_DURATION: Final = Metric(
    "helisession.session.duration",
    "histogram",
    "s",
    "From the start of a session's first span to the end of its last.",
    (semconv.SESSION_NAME,),
    _SESSION_SECONDS,
)
TOKEN_USAGE: Final = Metric(
    "gen_ai.client.token.usage",
    "histogram",
    "{token}",
    "Number of input and output tokens used.",
    (*_CALL, semconv.TOKEN_TYPE),
    _TOKENS,
)
CALL_DURATION: Final = Metric(
    "gen_ai.client.operation.duration",
    "histogram",
    "s",
    "GenAI operation duration.",
    (*_CALL, semconv.ERROR_TYPE),
    _SECONDS,
)

SESSIONS: Final = (
    *(REQUESTS, ERRORS, COST, REQUEST_DURATION, SESSION_DURATION),
    *(TOKEN_USAGE, CALL_DURATION),
)
"""Those that ``session_metrics=True`` asks for."""
