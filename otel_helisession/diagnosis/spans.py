"""Sentences on spans: how many had a session, and why the others had none."""

from __future__ import annotations

from typing import Final

from otel_helisession import environment
from otel_helisession.diagnosis.result import counted, listed
from otel_helisession.observing import Observations, SpanKey

BECAUSE: Final = {
    "unstamped": (
        "although session() was in force: {their} provider, {provider}, has no "
        "SessionSpanProcessor",
        "Add one: provider.add_span_processor(SessionSpanProcessor()), or "
        "configure(tracer_provider=provider).",
    ),
    "outside": (
        "{they} started outside session()",
        'Start {them} inside "with session(...):", or take each trace for a session: '
        'default_session="trace", or HELISESSION_DEFAULT_SESSION=trace.',
    ),
    "inbound": (
        "{they} started outside session(), for an inbound request or message",
        "What works below {them} can enter session() itself. To continue the caller's session "
        "use the propagator 'helisession' with HELISESSION_TRUST_INBOUND=true, where all callers "
        "are your own.",
    ),
    "remote": (
        "{they} started outside session() and {their} parent was remote",
        "A trace travels by itself, a session does not: enter session() here, or continue the "
        "caller's with the propagator 'helisession' and HELISESSION_TRUST_INBOUND=true, where "
        "all callers are your own.",
    ),
    "lost": (
        "{they} started in the thread {thread}, whose Context was empty, while spans of a session "
        "were open elsewhere",
        "Hand work to threads with carry(function), or turn on "
        "opentelemetry-instrumentation-threading.",
    ),
}
"""Why a span has no session, and what to do."""

_ONE: Final = {"they": "it", "their": "its", "them": "it"}
_MANY: Final = {"they": "they", "their": "their", "them": "them"}


def facts(observations: Observations) -> list[str]:
    """Say how many spans had a session, and what made them."""
    total = sum(count for _, count in observations.spans())
    if not total:
        return []
    with_session = [(key, count) for key, count in observations.spans() if key.outcome == "session"]
    having = sum(count for _, count in with_session)
    said = f"{counted(total, 'span')} ended, {having:,} with a session"
    scopes = [f"{key.scope} ({count:,})" for key, count in with_session]
    return [f"{said}: {listed(scopes)}." if scopes else f"{said}."]


def findings(observations: Observations) -> list[str]:
    """Say why spans had no session."""
    if environment.disabled():
        return []  # that is why; it is said once
    return [
        _finding(key, count, observations.examples.get(key, ""))
        for key, count in observations.spans()
        if key.outcome != "session"
    ]


def _finding(key: SpanKey, count: int, example: str) -> str:
    words = {**(_ONE if count == 1 else _MANY), "provider": key.provider, "thread": key.thread}
    because, remedy = (text.format(**words) for text in BECAUSE[key.outcome])
    joint = " " if key.outcome == "unstamped" else ": "
    first = f"It was {example!r}" if count == 1 else f"The first was {example!r}"
    return (
        f"{counted(count, 'span')} of scope {key.scope} had no session{joint}{because}. {first}. "
        f"{remedy}"
    )
