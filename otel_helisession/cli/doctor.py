"""`helisession doctor`: look at the set-up, or ask a destination, and explain what is found."""

from __future__ import annotations

import json
from pathlib import Path

import click

from otel_helisession.cli.doctor_otlp import otlp
from otel_helisession.cli.doctor_program import run
from otel_helisession.cli.problem import Unusable
from otel_helisession.cli.spool_option import spool_option
from otel_helisession.cli.store_option import store_option
from otel_helisession.cli.terminal import printable
from otel_helisession.exporters.helicone.endpoint import resolve_endpoint
from otel_helisession.exporters.helicone.key import resolve_key
from otel_helisession.exporters.helicone.probe import PROBE_NAME, probe


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@store_option
@spool_option
@click.pass_context
def doctor(
    context: click.Context, as_json: bool, store: Path | None, spool: Path | None
) -> int | None:
    """Check what is installed and set here, and say what keeps sessions from working.

    \b
    helisession doctor                          this environment
    helisession doctor run -- python app.py     a program: why spans have no session
    helisession doctor helicone                 whether Helicone takes a log
    helisession doctor otlp                     whether spans arrive over OTLP

    Connects to an OTLP endpoint, if one is set, and sends nothing. Exits 0 when there are no
    findings, else 1.
    """
    if context.invoked_subcommand is not None:
        return None
    from otel_helisession.diagnosis.checkup import check_up

    diagnosis = check_up(store, spool)
    if as_json:
        document = {"facts": diagnosis.facts, "findings": diagnosis.findings}
        click.echo(json.dumps(document, indent=2))
    else:
        click.echo("\n".join(map(printable, str(diagnosis).splitlines())))
    return 0 if diagnosis.is_healthy else 1


doctor.add_command(run)
doctor.add_command(otlp)


@doctor.command()
@click.option(
    "--endpoint",
    metavar="URL",
    help="Full URL of a logging endpoint. Default: HELISESSION_HELICONE_ENDPOINT, or the cloud.",
)
def helicone(endpoint: str | None) -> int:
    """Send one small log to Helicone, and explain the answer. Exits 0 if it was accepted, else 1.

    The key comes from HELICONE_API_KEY: on a command line others could read it.

    \b
    helisession doctor helicone
    helisession doctor helicone --endpoint http://localhost:8585/v1/trace/custom/log
    """
    try:
        key, target = resolve_key(None), resolve_endpoint(endpoint)
    except ValueError as error:
        raise Unusable(str(error)) from None
    result = probe(target, key)
    if result.answer.verdict != "accepted":
        click.echo(f"{target.shown} {printable(result.answer.sentence)}.")
        return 1
    click.echo(
        f"{target.shown} accepted a log in {result.millis} ms.\n"
        f"Look for the session '{PROBE_NAME}' in Helicone, request {result.id}. If it does not "
        "appear within a minute, Helicone has taken the log and not stored it: on the free tier "
        "look at the month's quota, on a self-hosted Helicone at its own log."
    )
    return 0
