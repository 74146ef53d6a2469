"""The sampler ``helisession_session``, by name: ``OTEL_TRACES_SAMPLER=helisession_session``."""

from __future__ import annotations

import logging

from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio, Sampler

from otel_helisession import environment
from otel_helisession.guard import once


def sampler(argument: object = None) -> Sampler:
    """Return SessionSampler(*argument*). Never raises.

    With an argument that is no ratio everything is kept, as the SDK's own samplers do, and one
    log line says so. With an off switch thrown it is the SDK's ``parentbased_traceidratio``, so
    that the volume stays.

    Args:
        argument: ``OTEL_TRACES_SAMPLER_ARG`` as the SDK read it, which a configuration file's
            loader does not. None or empty: the variable, or else 1.0.
    """
    ratio = _ratio(argument)
    if environment.disabled():
        return ParentBasedTraceIdRatio(ratio)
    from otel_helisession.sampler import SessionSampler

    return SessionSampler(ratio)


def _ratio(argument: object) -> float:
    if argument is None or argument == "":
        argument = environment.text("OTEL_TRACES_SAMPLER_ARG") or 1.0
    try:
        ratio = float(str(argument))
    except ValueError:
        ratio = -1.0
    if 0 <= ratio <= 1:
        return ratio
    once(
        ("entry point", "sampler"),
        logging.ERROR,
        "the sampler 'helisession_session' keeps every session, because OTEL_TRACES_SAMPLER_ARG "
        "is %r; set it to a ratio from 0 (none) to 1 (all)",
        argument,
    )
    return 1.0
