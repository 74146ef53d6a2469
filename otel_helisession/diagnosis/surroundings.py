"""Sentences on what is in force in this process: provider, processors, propagator, httpx."""

from __future__ import annotations

import sys
from typing import Any, Final

from opentelemetry import propagate, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from otel_helisession import environment
from otel_helisession.diagnosis import providers
from otel_helisession.diagnosis.result import DISABLED, Sentences, listed
from otel_helisession.diagnosis.watcher import announces
from otel_helisession.http import settings
from otel_helisession.http.package import NAMES
from otel_helisession.observing import Observations
from otel_helisession.processor import SessionSpanProcessor
from otel_helisession.sessions.hosts import HELICONE_HOSTS

_UNTIL: Final = ", or did so until that was undone"
"""Ends a sentence on what is over, as after the handle's shutdown()."""


def describe(observations: Observations) -> Sentences:
    """Say what is in force, and what is missing."""
    facts, findings = _provider(observations)
    return (
        [*facts, _httpx(observations), _propagator(observations)],
        [DISABLED] if environment.disabled() else findings,
    )


def _provider(observations: Observations) -> Sentences:
    provider: Any = trace.get_tracer_provider()
    if isinstance(provider, trace.ProxyTracerProvider):
        said = (
            "No global TracerProvider is set, so spans are not recorded. Call configure(), or "
            "run the program with: helisession run"
        )
        others = _others(provider)
        return (others, [said])
    facts = [f"The global TracerProvider is {providers.class_name(provider)}{_given(provider)}."]
    findings: list[str] = []
    if not callable(getattr(provider, "add_span_processor", None)):
        findings.append(
            f"The global TracerProvider, {providers.class_name(provider)}, takes no span "
            "processors, so its spans have no session. Set an opentelemetry.sdk.trace."
            "TracerProvider before anything else sets one."
        )
    elif getattr(provider, "sampler", None) is ALWAYS_OFF:
        findings.append(
            "The sampler drops every span (OTEL_TRACES_SAMPLER=always_off?), so none is "
            "recorded. Requests carry session headers all the same."
        )
    findings += _processor(observations)
    return (facts + _others(provider), findings)


def _given(provider: Any) -> str:
    """Return what is known of the processors, as the end of a sentence."""
    known = providers.processors(provider)
    if known:
        return f" with the processors {', '.join(known)}"
    if providers.watching_all():
        return ", to which no processor was added since this diagnosis began"
    return ""


def _processor(observations: Observations) -> list[str]:
    """Say that there is no SessionSpanProcessor, if that is sure and not said below."""
    if any(key.outcome in ("session", "unstamped") for key, _ in observations.spans()):
        return []
    if providers.instances(SessionSpanProcessor):
        return []
    return [
        "There is no SessionSpanProcessor, so no span gets a session. Call configure(), or "
        "provider.add_span_processor(SessionSpanProcessor())."
    ]


def _others(provider: Any) -> list[str]:
    """Say which providers there are besides the global one: their spans are their own affair."""
    others = [
        f"{providers.class_name(one)}{_given(one)}"
        for one in providers.instances(TracerProvider)
        if one is not provider
    ]
    if not others:
        return []
    return [f"There are further TracerProviders: {listed(others)}."]


def _httpx(observations: Observations) -> str:
    current = settings.current or observations.httpx
    if current is not None:
        more = sorted(
            {*current.hosts.names, *(f"*{suffix}" for suffix in current.hosts.suffixes)}
            - set(HELICONE_HOSTS)
        )
        also = f" and to {', '.join(more)}" if more else " only"
        until = "" if settings.current is not None else _UNTIL
        return f"httpx sends session headers to Helicone's hosts{also}{until}."
    imported = [name for name in NAMES if name in sys.modules]
    if not imported:
        return "Session headers on httpx are off; httpx is not imported."
    return (
        f"Session headers on httpx are off, though {' and '.join(imported)} is imported: its "
        "requests carry none before configure() or instrument_httpx()."
    )


def _propagator(observations: Observations) -> str:
    propagator = propagate.get_global_textmap()
    now = announces(propagator)
    if now or observations.propagates:
        until = "" if now else _UNTIL
        return f"The global propagator sends Helicone's session headers to allowed hosts{until}."
    fields = ", ".join(sorted(propagator.fields)) or "nothing"
    return (
        f"The global propagator sends {fields}, and no session headers: clients other than httpx "
        "and httpx2 carry none."
    )
