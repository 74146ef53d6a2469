"""The propagator ``helisession``, by name: ``OTEL_PROPAGATORS=tracecontext,baggage,helisession``.

Loaded while ``opentelemetry.propagate`` is being imported: nothing here may import the SDK or
an instrumentation, which import that module themselves.
"""

from __future__ import annotations

import logging
from typing import Any

from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.propagators.textmap import TextMapPropagator

from otel_helisession import environment
from otel_helisession.guard import once


def propagator(**settings: Any) -> TextMapPropagator:
    """Return the SessionPropagator, or one that does nothing where a setting is wrong or an
    off switch is thrown. Never raises.

    Args:
        settings: Those of SessionPropagator; a configuration file gives them.
    """
    if environment.disabled():
        return CompositePropagator([])
    try:
        from otel_helisession.propagator import SessionPropagator

        return SessionPropagator(**settings)
    except (TypeError, ValueError, ImportError) as error:
        once(
            ("entry point", "propagator"),
            logging.ERROR,
            "the propagator 'helisession' is off: %s",
            error,
        )
        return CompositePropagator([])
