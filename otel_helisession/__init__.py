"""Sessions for AI agents on OpenTelemetry: LLM, tool and vector calls of one run as one tree.

::

    from otel_helisession import configure, session, step

    configure()
    with session("Trip planner", path="/trip"):
        with step("research"):
            client.chat.completions.create(...)

This module is the contract: what is in ``__all__`` is public, the rest is not. Names are
imported when first used, so that importing the package costs little more than the SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from otel_helisession.version import __version__

if TYPE_CHECKING:
    from otel_helisession import record
    from otel_helisession.configuration import Handle, configure
    from otel_helisession.delivery.settings import DeliverySettings
    from otel_helisession.diagnosis import diagnose
    from otel_helisession.exporters.fast_otlp import FastOTLPSpanExporter
    from otel_helisession.exporters.filtering import FilteringSpanExporter
    from otel_helisession.exporters.helicone import HeliconeSpanExporter
    from otel_helisession.exporters.local import LocalSpanExporter
    from otel_helisession.exporters.session_span import SessionSpanExporter
    from otel_helisession.holding.exporter import WholeSessionExporter
    from otel_helisession.holding.keep import Keep
    from otel_helisession.holding.whole import WholeSession
    from otel_helisession.http import instrument_httpx, uninstrument_httpx
    from otel_helisession.linking import SessionLinkProcessor
    from otel_helisession.logs import (
        SessionLogRecordProcessor,
        instrument_logging,
        uninstrument_logging,
    )
    from otel_helisession.processor import SessionSpanProcessor
    from otel_helisession.propagator import SessionPropagator
    from otel_helisession.sampler import SessionSampler
    from otel_helisession.serverless import flush_after
    from otel_helisession.session_trace.exporter import SessionTraceExporter
    from otel_helisession.sessions.carrying import carry
    from otel_helisession.sessions.context import current_session, set_session
    from otel_helisession.sessions.scope import session, step
    from otel_helisession.sessions.value import Session

_HOMES = {
    "DeliverySettings": "delivery.settings",
    "FastOTLPSpanExporter": "exporters.fast_otlp",
    "FilteringSpanExporter": "exporters.filtering",
    "Handle": "configuration",
    "HeliconeSpanExporter": "exporters.helicone",
    "Keep": "holding.keep",
    "LocalSpanExporter": "exporters.local",
    "Session": "sessions.value",
    "SessionLinkProcessor": "linking",
    "SessionLogRecordProcessor": "logs",
    "SessionPropagator": "propagator",
    "SessionSampler": "sampler",
    "SessionSpanExporter": "exporters.session_span",
    "SessionSpanProcessor": "processor",
    "SessionTraceExporter": "session_trace.exporter",
    "WholeSession": "holding.whole",
    "WholeSessionExporter": "holding.exporter",
    "carry": "sessions.carrying",
    "configure": "configuration",
    "current_session": "sessions.context",
    "diagnose": "diagnosis",
    "flush_after": "serverless",
    "instrument_httpx": "http",
    "instrument_logging": "logs",
    "record": "record",
    "session": "sessions.scope",
    "set_session": "sessions.context",
    "step": "sessions.scope",
    "uninstrument_httpx": "http",
    "uninstrument_logging": "logs",
}

__all__ = [
    "DeliverySettings",
    "FastOTLPSpanExporter",
    "FilteringSpanExporter",
    "Handle",
    "HeliconeSpanExporter",
    "Keep",
    "LocalSpanExporter",
    "Session",
    "SessionLinkProcessor",
    "SessionLogRecordProcessor",
    "SessionPropagator",
    "SessionSampler",
    "SessionSpanExporter",
    "SessionSpanProcessor",
    "SessionTraceExporter",
    "WholeSession",
    "WholeSessionExporter",
    "__version__",
    "carry",
    "configure",
    "current_session",
    "diagnose",
    "flush_after",
    "instrument_httpx",
    "instrument_logging",
    "record",
    "session",
    "set_session",
    "step",
    "uninstrument_httpx",
    "uninstrument_logging",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{home}")
    found = module if name == home else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
