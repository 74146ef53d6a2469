"""journey(): a probe's whole way, hop by hop."""

from __future__ import annotations

from collections.abc import Iterator

from otel_helisession.backends.backend import Backend
from otel_helisession.diagnosis.otlp.arrival import WAIT_SECONDS, arrival
from otel_helisession.diagnosis.otlp.hop import Hop, unknown
from otel_helisession.diagnosis.otlp.hops import way_to
from otel_helisession.diagnosis.otlp.sending import send
from otel_helisession.diagnosis.otlp.session import Probe
from otel_helisession.diagnosis.otlp.target import Target

_UNASKED = (
    "Whether a backend shows it is not known; name one to ask it: --from tempo URL, or "
    "--from jaeger URL."
)


def journey(
    target: Target, probe: Probe, backend: Backend | None, wait_seconds: float = WAIT_SECONDS
) -> Iterator[Hop]:
    """Send *probe* to *target*, and iterate over what became of it until a hop fails.

    Args:
        target: Where it goes.
        probe: What is sent.
        backend: What shall show it; None to ask nobody.
        wait_seconds: How long that may take.
    """
    for hop in way_to(target):
        yield hop
        if hop.state == "failed":
            return
    answer = send(target, probe.spans)
    yield answer
    if backend is None:
        if answer.state == "passed":
            yield unknown("backend", _UNASKED)
    elif answer.state in ("passed", "partly"):
        yield arrival(backend, probe, wait_seconds)
