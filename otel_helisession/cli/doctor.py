"""`helisession doctor`: ask a destination whether it takes what we send, and explain the answer."""

from __future__ import annotations

import click

from otel_helisession.cli.problem import Unusable
from otel_helisession.cli.terminal import printable
from otel_helisession.exporters.helicone.endpoint import resolve_endpoint
from otel_helisession.exporters.helicone.key import resolve_key
from otel_helisession.exporters.helicone.probe import PROBE_NAME, probe


@click.group()
def doctor() -> None:
    """Check the set-up, and say why."""


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
