"""Sentences on the environment's variables: which are set, and which are wrong."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any, Final

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.configuration import check
from otel_helisession.delivery.settings import DeliverySettings
from otel_helisession.destinations import chosen
from otel_helisession.diagnosis.result import DISABLED, Sentences
from otel_helisession.sessions.hosts import AllowedHosts

_OURS: Final = frozenset(
    value for name, value in vars(names).items() if name.isupper() and name.startswith("HELI")
)

_SECRET: Final = frozenset({names.HELICONE_API_KEY})

_SHOWN: Final = (
    "OTEL_CONFIG_FILE",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    names.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT,
    "OTEL_PROPAGATORS",
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS",
    "OTEL_SDK_DISABLED",
    "OTEL_SERVICE_NAME",
    "OTEL_TRACES_EXPORTER",
    "OTEL_TRACES_SAMPLER",
)
"""OpenTelemetry's variables that decide on sessions. Headers and keys are not among them."""


def describe() -> Sentences:
    """Say what is set, what is wrong, and what it keeps from working."""
    shown = [name for name in _SHOWN if environment.text(name) is not None]
    ours = [name for name in sorted(_OURS) if environment.text(name) is not None]
    facts = ["The environment sets " + ", ".join(map(_setting, ours + shown)) + "."]
    if not ours and not shown:
        facts = ["The environment sets none of the variables that matter."]
    findings = [DISABLED] if environment.disabled() else []
    findings += [*_unknown(), *_unreadable(), *_switched_off()]
    return (facts, findings)


def _setting(name: str) -> str:
    return f"{name} (not shown)" if name in _SECRET else f"{name}={environment.text(name)}"


def _unknown() -> list[str]:
    """Say which variables look like ours, and are read by nobody."""
    said = []
    for name in environment.named(names.PREFIX):
        if name not in _OURS:
            close = difflib.get_close_matches(name, _OURS, 1)
            meant = f" Did you mean {close[0]}?" if close else ""
            said.append(f"{name} is set, and nothing reads a variable of that name.{meant}")
    return said


def _unreadable() -> list[str]:
    """Say which variables have a value that is not accepted, in the words of who reads them."""
    readers: tuple[tuple[str, Callable[[], Any]], ...] = (
        (names.HELISESSION_DISABLED, lambda: environment.flag(names.HELISESSION_DISABLED)),
        ("OTEL_SDK_DISABLED", lambda: environment.flag("OTEL_SDK_DISABLED")),
        (names.HELISESSION_TRUST_INBOUND, _trust_inbound),
        (names.HELISESSION_DEFAULT_SESSION, _default_session),
        (names.HELISESSION_ALLOW_HOSTS, _allow_hosts),
        (names.HELISESSION_EXPORTERS, lambda: chosen(None, None, None)),
        ("OTEL_BSP_*", DeliverySettings.from_environment),
        (names.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT, _capture),
    )
    said = [sentence for name, read in readers if (sentence := _failure(name, read))]
    if not said:
        rest = _failure("configure() would fail", check)
        said += [rest] if rest else []
    return said


def _failure(name: str, read: Callable[[], Any]) -> str | None:
    try:
        read()
    except (ValueError, TypeError, ImportError) as error:
        text = str(error)
        named = name.rstrip("*") in text or "OTEL_" in text or "HELI" in text
        return f"{text}." if named else f"{name}: {text}."
    return None


def _trust_inbound() -> bool:
    return environment.flag(names.HELISESSION_TRUST_INBOUND)


def _default_session() -> str | None:
    return environment.choice(names.HELISESSION_DEFAULT_SESSION, ("trace", "none"))


def _allow_hosts() -> AllowedHosts:
    return AllowedHosts.of(environment.items(names.HELISESSION_ALLOW_HOSTS) or ())


def _capture() -> str | None:
    accepted = ("no_content", "span_only", "event_only", "span_and_event")
    return environment.choice(names.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT, accepted)


def _switched_off() -> list[str]:
    """Say what is set up to keep sessions away."""
    said = []
    if "helisession" in (environment.items("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS") or ()):
        said.append(
            "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS names helisession, so that opentelemetry-"
            "instrument gives no span a session. Take the name out."
        )
    propagators = environment.items("OTEL_PROPAGATORS")
    trusting = not _failure("", _trust_inbound) and _trust_inbound()
    if propagators is not None and "helisession" not in propagators and trusting:
        said.append(
            "HELISESSION_TRUST_INBOUND is set, and OTEL_PROPAGATORS does not name helisession: "
            "only configure() then has inbound requests continue their session. Add the name."
        )
    sampler = (environment.text("OTEL_TRACES_SAMPLER") or "").lower()
    if sampler in ("always_off", "parentbased_always_off"):
        said.append(
            f"OTEL_TRACES_SAMPLER is {sampler}, so no span that starts a trace is recorded. "
            "Requests carry session headers all the same."
        )
    return said
