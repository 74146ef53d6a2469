"""Turns a session that has ended into points of metrics."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from opentelemetry.metrics import Meter

from otel_helisession import semconv
from otel_helisession.conventions.totals.counting import count
from otel_helisession.metrics import catalogue
from otel_helisession.metrics.instruments import counter, histogram
from otel_helisession.metrics.open_sessions import Whole
from otel_helisession.metrics.seen import Seen
from otel_helisession.metrics.vocabulary import OTHER, Vocabulary

MAX_PLACES: Final = 200
"""Pairs of session name and path: more than any program has functions worth a segment, and
with models and kinds still some thousand series."""

MAX_CALLS: Final = 50
"""Triples of operation, provider and model."""

MAX_ERRORS: Final = 50
"""Types of errors: classes of exceptions, mostly."""

MAX_SERIES: Final = 2_000
"""Combinations of all of these."""

Attributes = dict[str, str]


class SessionTeller:
    """Records what sessions were, each request once. Used by one thread at a time.

    Args:
        meter: Makes the instruments.
    """

    def __init__(self, meter: Meter) -> None:
        self._requests = counter(meter, catalogue.REQUESTS)
        self._errors = counter(meter, catalogue.ERRORS)
        self._cost = counter(meter, catalogue.COST)
        self._request_duration = histogram(meter, catalogue.REQUEST_DURATION)
        self._session_duration = histogram(meter, catalogue.SESSION_DURATION)
        self._tokens = histogram(meter, catalogue.TOKEN_USAGE)
        self._call_duration = histogram(meter, catalogue.CALL_DURATION)
        self._places = Vocabulary("pairs of session name and path", MAX_PLACES, (OTHER, OTHER))
        self._names = Vocabulary("session names", MAX_PLACES, OTHER)
        self._calls = Vocabulary("operations, providers and models", MAX_CALLS, (OTHER,) * 3)
        self._error_types = Vocabulary("types of errors", MAX_ERRORS, OTHER)
        everything_other = ((OTHER, OTHER), "", (OTHER,) * 3, OTHER)
        self._series = Vocabulary("combinations of attributes", MAX_SERIES, everything_other)

    def tell(self, session: Whole) -> None:
        """Record *session*."""
        spans = {seen.candidate.key: seen for seen in session.spans}
        verdict = count([seen.candidate for seen in spans.values()])
        for key, seen in spans.items():
            if key in verdict.requests:
                self._tell_request(seen)
            if key in verdict.faults:
                self._errors.add(1, {**self._request(seen), **self._failure(seen)})
        if not session.late:
            self._tell_duration(session.spans)

    def _tell_duration(self, spans: Collection[Seen]) -> None:
        start = min(seen.candidate.start_unix_nano for seen in spans)
        end = max(seen.end_unix_nano for seen in spans)
        name = next((seen.name for seen in spans if seen.name), "")
        attributes = {semconv.SESSION_NAME: self._names.bounded(name)}
        self._session_duration.record(max(0, end - start) / 1e9, attributes)

    def _tell_request(self, seen: Seen) -> None:
        request = self._request(seen)
        self._requests.add(1, request)
        if seen.candidate.kind != "llm":
            shown = {key: request[key] for key in request if key != semconv.REQUEST_MODEL}
            self._request_duration.record(seen.seconds, {**shown, **self._failure(seen)})
            return
        if seen.usage.cost_usd is not None and seen.usage.cost_usd >= 0:
            self._cost.add(seen.usage.cost_usd, request)
        call = self._call(seen)
        self._call_duration.record(seen.seconds, {**call, **self._failure(seen)})
        tokens = {"input": seen.usage.input_tokens, "output": seen.usage.output_tokens}
        for kind, number in tokens.items():
            if number is not None and number >= 0:
                self._tokens.record(number, {**call, semconv.TOKEN_TYPE: kind})

    def _bounded(self, seen: Seen) -> tuple[tuple[str, str], tuple[str, ...], str]:
        """Return place, call and error of a span, as far as they are kept apart."""
        calls = (seen.operation, seen.provider, seen.model)
        is_call = seen.candidate.kind == "llm"
        place, _, call, error = self._series.bounded(
            (
                self._places.bounded((seen.name, seen.path)),
                seen.candidate.kind,
                self._calls.bounded(calls) if is_call else ("", "", ""),
                self._error_types.bounded(seen.error_type) if seen.error_type else "",
            )
        )
        return place, call, error

    def _request(self, seen: Seen) -> Attributes:
        place, (_, _, model), _ = self._bounded(seen)
        attributes = {**_place(place), semconv.REQUEST_TYPE: seen.candidate.kind}
        if seen.candidate.kind == "llm" and model:
            attributes[semconv.REQUEST_MODEL] = model
        return attributes

    def _call(self, seen: Seen) -> Attributes:
        place, call, _ = self._bounded(seen)
        names = (semconv.OPERATION_NAME, semconv.PROVIDER_NAME, semconv.REQUEST_MODEL)
        said = {name: value for name, value in zip(names, call, strict=True) if value}
        return {**_place(place), **said}

    def _failure(self, seen: Seen) -> Attributes:
        _, _, error = self._bounded(seen)
        return {semconv.ERROR_TYPE: error} if seen.error_type else {}


def _place(place: tuple[str, str]) -> Attributes:
    name, path = place
    return {semconv.SESSION_NAME: name, semconv.SESSION_PATH: path}
