"""Why a span has no session, or a request no header: counted, looked up, and said in sentences.

``print(diagnose())`` in a program that runs; ``helisession doctor run -- COMMAND`` for one from
its first line; ``helisession doctor`` for the surroundings of one that does not run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otel_helisession.diagnosis.result import Diagnosis

__all__ = ["diagnose"]


def diagnose() -> Diagnosis:
    """Say how this program is set up, and why spans had no session and requests no header.

    Spans and requests are counted from the first call on, so call it early, and again when
    there is something to ask; a TracerProvider made later is watched from the next call on. Each
    call puts a processor that only counts on every TracerProvider that has none; it looks
    through all objects of the program for that, which takes about 50 ms. What is found is
    described; nothing is sent.
    """
    # Not imported before it is asked for: a program that is watched from its first line must
    # find OpenTelemetry as if nobody watched it, its propagators not loaded yet.
    from otel_helisession import observing
    from otel_helisession.diagnosis import providers, readings, requests, spans, surroundings
    from otel_helisession.diagnosis.result import Diagnosis

    providers.watch_existing()
    observations = observing.start()
    facts, findings = surroundings.describe(observations)
    facts += spans.facts(observations) + readings.facts(observations)
    facts += requests.facts(observations)
    findings += spans.findings(observations) + requests.findings(observations)
    return Diagnosis(tuple(facts), tuple(findings))
