"""The diagnosis of a whole program: begun before its first line, written down at its end."""

from __future__ import annotations

import atexit
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.diagnosis import diagnose
from otel_helisession.guard import caught

STARTUP: Final = Path(__file__).parent / "startup"
"""A directory for the front of ``PYTHONPATH``: its ``sitecustomize`` calls start()."""

_FILE_MODE: Final = 0o600

_started = False


@dataclass(frozen=True, slots=True)
class Report:
    """What one process wrote when it ended.

    Attributes:
        pid: Its process id.
        is_active: Whether it had a TracerProvider, or counted anything.
        spans: How many spans ended.
        facts: See Diagnosis.
        findings: See Diagnosis.
    """

    pid: int
    is_active: bool
    spans: int
    facts: tuple[str, ...]
    findings: tuple[str, ...]


def start() -> None:
    """Begin to diagnose this process, if HELISESSION_DIAGNOSE asks for it. Never raises.

    Called when the program makes its first TracerProvider, and as an entry point of the group
    ``opentelemetry_pre_instrument``, because the auto-instrumentation has a sitecustomize of
    its own, and only one is loaded.
    """
    global _started
    path = environment.text(names.HELISESSION_DIAGNOSE)
    if path is None or _started:
        return
    _started = True
    try:
        from otel_helisession import observing
        from otel_helisession.diagnosis import providers

        providers.watch_all()
        observing.start()
    except Exception as error:
        caught("starting the diagnosis", error)
        return
    # Registered before any provider's own handler, and so run after it.
    atexit.register(write, Path(path))


def write_unstarted() -> None:
    """Report on a process that ends and was never started upon. Never raises."""
    path = environment.text(names.HELISESSION_DIAGNOSE)
    if path is not None and not _started:
        write(Path(path))


def write(path: Path) -> None:
    """Append this process's report to the file at *path*. Never raises."""
    try:
        line = json.dumps(_report()) + "\n"
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _FILE_MODE)
        try:
            os.write(file, line.encode())  # at once, so that processes do not mix theirs
        finally:
            os.close(file)
    except Exception as error:
        caught("writing the diagnosis", error)


def _report() -> dict[str, Any]:
    from opentelemetry import trace

    from otel_helisession import observing

    observations = observing.start()
    found = diagnose()
    spans = sum(count for _, count in observations.spans())
    has_provider = not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
    return {
        "pid": os.getpid(),
        "is_active": has_provider or bool(spans or observations.requests()),
        "spans": spans,
        "facts": found.facts,
        "findings": found.findings,
    }


def read(path: Path) -> list[Report]:
    """Return the reports in the file at *path*, in the order the processes ended."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return []
    return [_read(json.loads(line)) for line in lines]


def _read(said: dict[str, Any]) -> Report:
    facts, findings = tuple(said["facts"]), tuple(said["findings"])
    return Report(said["pid"], said["is_active"], said["spans"], facts, findings)
