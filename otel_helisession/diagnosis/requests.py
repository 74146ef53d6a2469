"""Sentences on requests: who was told the session, and why the others were not.

A host that is not allowed is a finding only where it looks like a gateway: providers are not
meant to be told, and most hosts are neither.
"""

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

_PROVIDER: Final = (
    "the host is not allowed",
    "That is right for a provider; if it is a gateway that shall know the session, add it: "
    "allow_hosts=[{host!r}], or HELISESSION_ALLOW_HOSTS={host}.",
)
"""The same of a host that nothing marks as a gateway."""


def facts(observations: Observations) -> list[str]:
    """Say to whom sessions were announced, and which hosts were not meant to be told."""
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
    if not environment.disabled():
        said += [
            _said(key, count, _PROVIDER)
            for key, count in observations.requests()
            if _is_usual(key, observations)
        ]
    return said


def findings(observations: Observations) -> list[str]:
    """Say why requests carried no session headers."""
    if environment.disabled():
        return []  # that is why; it is said once
    return [
        _said(key, count, BECAUSE[key.outcome])
        for key, count in observations.requests()
        if key.outcome in BECAUSE and not _is_usual(key, observations)
    ]


def _is_usual(key: RequestKey, observations: Observations) -> bool:
    """Tell whether the host is not allowed and nothing marks it as a gateway: neither its name,
    nor that the program itself sends it session headers."""
    return (
        key.outcome == "not_allowed"
        and "helicone" not in key.host.lower()
        and not any(
            other.host == key.host and other.outcome == "explicit"
            for other, _ in observations.requests()
        )
    )


def _said(key: RequestKey, count: int, why: tuple[str, str]) -> str:
    because, remedy = why
    client = "" if key.client == "httpx" else f" by {key.client}"
    return (
        f"{counted(count, 'request')} to {key.host}{client} carried no session headers: {because}. "
        f"{remedy.format(host=key.host)}"
    )
