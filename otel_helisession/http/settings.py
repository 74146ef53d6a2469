"""What instrument_httpx() was told: one frozen value, replaced as a whole."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from opentelemetry import trace
from opentelemetry.trace import Tracer, TracerProvider

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.guard import once
from otel_helisession.sessions.hosts import AllowedHosts
from otel_helisession.version import __version__

SCOPE: Final = "otel_helisession.http"
"""The instrumentation scope of our spans."""

_CAPTURING: Final = {
    "NO_CONTENT": False,
    "EVENT_ONLY": False,
    "SPAN_ONLY": True,
    "SPAN_AND_EVENT": True,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How outgoing calls are treated.

    Attributes:
        hosts: Who may be told the session.
        llm_spans: Whether LLM and vector calls that nobody else covers get a span.
        capture_content: Whether those spans carry messages, queries and matches.
        tracer: Makes those spans.
    """

    hosts: AllowedHosts
    llm_spans: bool
    capture_content: bool
    tracer: Tracer

    @classmethod
    def of(
        cls,
        allow_hosts: Iterable[str] | None,
        llm_spans: bool,
        capture_content: bool | None,
        tracer_provider: TracerProvider | None,
    ) -> Settings:
        """Return the settings for these arguments, the environment filling in for None.

        Raises:
            ValueError: A host is not accepted.
        """
        if capture_content is None:
            capture_content = _captures_content()
        tracer = trace.get_tracer(SCOPE, __version__, tracer_provider)
        return cls(AllowedHosts.configured(allow_hosts), llm_spans, capture_content, tracer)


def _captures_content() -> bool:
    """Tell whether OpenTelemetry's variable asks for messages on spans.

    What it does not know is off, and said once, as the official instrumentations do.
    """
    name = names.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT
    value = environment.text(name)
    if value is None:
        return False
    known = _CAPTURING.get(value.upper())
    if known is None:
        accepted = ", ".join(_CAPTURING)
        once(
            ("capture", value),
            logging.WARNING,
            "%s is %r; accepted: %s. Messages are not captured",
            name,
            value,
            accepted,
        )
    return bool(known)


current: Settings | None = None
"""What holds now; None while httpx is not instrumented. Read once a request."""


def replace(settings: Settings | None) -> None:
    """Make *settings* the current ones; None switches off."""
    global current
    current = settings
