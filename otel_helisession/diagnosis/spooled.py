"""Sentences on the spool: what waits there to be sent, and what was refused for good."""

from __future__ import annotations

from pathlib import Path

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.diagnosis.result import Sentences, counted
from otel_helisession.spool import file_lock
from otel_helisession.spool.dead_letters import DeadLetters
from otel_helisession.spool.error import SpoolError, from_os
from otel_helisession.spool.location import spool_directory
from otel_helisession.spool.refusals import Refusals, refusals
from otel_helisession.spool.waiting import Waiting, contents


def describe(given: Path | None = None) -> Sentences:
    """Say what the spool holds, and what is to be done about it. Nothing where there is none."""
    if not file_lock.AVAILABLE:
        return ([], [])
    try:
        directory = spool_directory(given)
        if not directory.is_dir():
            return _missing(directory, given)
        there = contents(directory)
        dead = refusals(DeadLetters(directory, 0).letters())
    except (SpoolError, ValueError) as error:
        return ([], [_sentence(str(error))])
    except OSError as error:
        return ([], [_sentence(str(from_os(error, directory)))])
    option = "" if given is None else f" --spool {given}"
    facts = [_waits(one, directory, option) for one in there.waiting]
    findings = [_sentence(problem) for problem in there.problems]
    findings += [_refused(one, DeadLetters(directory, 0).path, option) for one in dead]
    if not facts and not findings:
        facts = [f"The spool {directory} is empty."]
    return (facts, findings)


def _missing(directory: Path, given: Path | None) -> Sentences:
    if given is None and not environment.place(names.HELISESSION_SPOOL):
        return ([], [])
    if directory.exists():
        return ([], [f"The spool {directory} is no directory. Name another."])
    return ([f"There is no spool yet; it would be {directory}."], [])


def _waits(one: Waiting, directory: Path, option: str) -> str:
    """Say what waits: that it does is no fault, for it is kept until its destination answers."""
    said = (
        f"The spool {directory} holds {counted(one.spans, 'span')} for {one.destination}, the "
        f"oldest for {_hours(one.age_seconds)}"
    )
    if one.held == one.spans:
        return f"{said}; a running program holds them, and sends them itself."
    return f"{said}; to send them: helisession resend{option}"


def _refused(one: Refusals, path: Path, option: str) -> str:
    reasons = "; ".join(one.reasons)
    return (
        f"{one.destination} has refused {counted(one.spans, 'span')} for good, the last at "
        f"{one.newest}: {reasons}. They are in {path}. When the reason is gone, try them again: "
        f"helisession resend --dead-letters{option} (or delete them: --dead-letters --drop)"
    )


def _hours(seconds: float) -> str:
    if seconds < 5_400:
        return counted(max(1, round(seconds / 60)), "minute")
    return counted(round(seconds / 3_600), "hour")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
