"""`helisession doctor run`: a program, and why spans had no session or requests no header."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.cli import program
from otel_helisession.cli.terminal import printable
from otel_helisession.diagnosis.program import STARTUP, Report, read
from otel_helisession.diagnosis.result import Diagnosis


@click.command(context_settings={"allow_interspersed_args": False})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, after what the program prints.")
def run(command: tuple[str, ...], as_json: bool) -> int:
    """Run COMMAND, and say at its end why spans had no session or requests no header.

    \b
    helisession doctor run -- python app.py
    helisession doctor run -- opentelemetry-instrument python app.py
    helisession doctor run -- helisession run -- python app.py

    The program runs as it always does, with its spans and requests counted. Nothing is sent
    that it would not send. Exits 0 when there are no findings, else 1.
    """
    found = program.find(command)
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "reports")
        environment.put(names.HELISESSION_DIAGNOSE, str(file))
        environment.put_first("PYTHONPATH", str(STARTUP))
        code = program.run(found)
        reports = read(file)
    diagnosis = _joined(reports, code)
    if as_json:
        document = {"facts": diagnosis.facts, "findings": diagnosis.findings, "exit_code": code}
        click.echo(json.dumps(document, indent=2))
    else:
        click.echo("\nhelisession doctor:")
        click.echo("\n".join(map(printable, str(diagnosis).splitlines())))
    return 0 if diagnosis.is_healthy else 1


def _joined(reports: list[Report], code: int) -> Diagnosis:
    """Return one diagnosis of all processes that had something to say."""
    active = [report for report in reports if report.is_active] or reports[-1:]
    several = len(active) > 1
    facts: list[str] = [f"{len(active)} processes reported."] if several else []
    findings: list[str] = []
    for report in active:
        mark = f"Process {report.pid}: " if several else ""
        facts += [mark + fact for fact in report.facts]
        findings += [mark + finding for finding in report.findings]
    if active and not any(report.spans for report in active) and not findings:
        findings.append(
            "No span ended that was recorded: nothing in the program makes spans, or a sampler "
            "dropped them. Use step() and record, or install instrumentations."
        )
    if not active:
        findings.append(_silent(code))
    elif code:
        findings.append(f"The program ended with exit code {code}; what it did not do is not seen.")
    return Diagnosis(tuple(facts), tuple(findings))


def _silent(code: int) -> str:
    ended = f"It ended with exit code {code}. " if code else ""
    return (
        f"The program left no report. {ended}Either it does not use OpenTelemetry: call "
        "configure(), or run it with: helisession run. Or it was killed, or left with os._exit(); "
        "or its Python has no otel-helisession."
    )
