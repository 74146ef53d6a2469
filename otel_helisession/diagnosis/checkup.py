"""The check-up of an environment, without a program: what `helisession doctor` prints."""

from __future__ import annotations

from pathlib import Path

from otel_helisession.diagnosis import installation, plugins
from otel_helisession.diagnosis.result import Diagnosis


def check_up(store: Path | None = None, spool: Path | None = None) -> Diagnosis:
    """Say what configure() and the zero-code ways would find here, and what is wrong with it.

    Args:
        store: The store to look at; None for that of the environment.
        spool: The spool to look at, likewise.
    """
    facts, findings = installation.describe()
    unknown = plugins.unknown()
    findings += unknown.values()
    if plugins.PROPAGATORS in unknown:
        facts.append("Nothing more can be looked at until OTEL_PROPAGATORS is right.")
        return Diagnosis(tuple(facts), tuple(findings))
    from otel_helisession.diagnosis import reach, spooled, variables

    for part in (variables.describe(), reach.describe(store), spooled.describe(spool)):
        facts += part[0]
        findings += part[1]
    return Diagnosis(tuple(facts), tuple(findings))
