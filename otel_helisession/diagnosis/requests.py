"""Sentences on requests: who was told the session, and why the others were not."""

from __future__ import annotations

from typing import Final

from otel_helisession import environment
from otel_helisession.diagnosis.result import counted, listed
from otel_helisession.observing import Observations, RequestKey

BECAUSE: Final = {
    "not_allowed": (
        "the host is not allowed",
        "If it shall know the session, add it: allow_hosts=[{host!r}], or "
        "HELISESSION_ALLOW_HOSTS={host}.",
    ),
    "no_session": (
        "outside session() there is none to announce",
        'Send them inside "with session(...):".',
    ),
    "no_propagator": (
        "for this client they are a propagator's work, and the global one adds none",
        "Set OTEL_PROPAGATORS=tracecontext,baggage,helisession, or add a SessionPropagator to "
        "the global CompositePropagator; and allow the host.",
    ),
}
"""Why a request carries no headers of ours, and what to do."""


def facts(observations: Observations) -> list[str]:
    """Say to whom sessions were announced."""
    said = []
    for outcome, text in (
        ("announced", "carried session headers"),
        ("explicit", "carried session headers that the program itself had set"),
    ):
        found = [(key, count) for key, count in observations.requests() if key.outcome == outcome]
        if found:
            total = sum(count for _, count in found)
            hosts = listed([f"{key.host} ({count:,})" for key, count in found])
            said.append(f"{counted(total, 'request')} {text}: to {hosts}.")
    return said


def findings(observations: Observations) -> list[str]:
    """Say why requests carried no session headers."""
    if environment.disabled():
        return []  # that is why; it is said once
    return [
        _finding(key, count) for key, count in observations.requests() if key.outcome in BECAUSE
    ]


def _finding(key: RequestKey, count: int) -> str:
    because, remedy = BECAUSE[key.outcome]
    client = "" if key.client == "httpx" else f" by {key.client}"
    return (
        f"{counted(count, 'request')} to {key.host}{client} carried no session headers: {because}. "
        f"{remedy.format(host=key.host)}"
    )
