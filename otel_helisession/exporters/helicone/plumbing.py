"""Spans that are no requests, for people who want them as rows too: ``include=``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, Literal, get_args

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.conventions.operation import Data, Operation

Plumbing = Literal["structure", "http", "db"]
"""``structure``: steps, agents, workflows, and whatever else is neither of the others."""

ACCEPTED: Final[tuple[str, ...]] = get_args(Plumbing)

_HTTP: Final = (semconv.HTTP_METHOD, semconv.HTTP_METHOD_OLD)
_DB: Final = (semconv.DB_SYSTEM_NAME, semconv.DB_SYSTEM_OLD)
_SAID_ELSEWHERE: Final = frozenset(
    {semconv.OTEL_SESSION_ID, semconv.USER_ID, semconv.CONVERSATION_ID, semconv.REQUEST_TYPE}
)


def check_include(include: Iterable[str]) -> frozenset[str]:
    """Return *include* as a set.

    Raises:
        TypeError: *include* is no collection of text.
        ValueError: It names something that is not accepted.
    """
    if isinstance(include, str):
        raise TypeError(f"include takes a set, such as {{{include!r}}}, not a single str")
    made = frozenset(include)
    unknown = sorted(str(name) for name in made if name not in ACCEPTED)
    if unknown:
        raise ValueError(
            f"include has {', '.join(map(repr, unknown))}; accepted: "
            f"{', '.join(map(repr, ACCEPTED))}"
        )
    return made


def plumbing_of(attributes: Mapping[str, Any]) -> Plumbing:
    """Return which sort of plumbing a span with *attributes* is."""
    if any(name in attributes for name in _HTTP):
        return "http"
    return "db" if any(name in attributes for name in _DB) else "structure"


def as_data(span: ReadableSpan, attributes: Mapping[str, Any], operation: Operation) -> Operation:
    """Return *span*, which is no request, as a data operation that has its attributes."""
    said = {
        name: value
        for name, value in attributes.items()
        if name not in _SAID_ELSEWHERE
        and not name.startswith(("helicone.session.", semconv.PROPERTY_PREFIX))
    }
    return replace(operation, kind="data", data=Data(name=span.name, value=said or None))
