"""`helisession doctor otlp`: send a probe session, and say hop by hop what arrived."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from typing import Final

import click

from otel_helisession import environment
from otel_helisession.cli.problem import Unusable
from otel_helisession.cli.source_option import backend_at, from_option
from otel_helisession.cli.terminal import printable
from otel_helisession.diagnosis.otlp.hop import Hop

_MARKS: Final = {"passed": "ok", "partly": "PARTLY", "failed": "FAILED", "unknown": "?"}
_WIDTH: Final = 100


@click.command()
@click.option("--endpoint", metavar="URL", help="In place of OTEL_EXPORTER_OTLP_ENDPOINT.")
@click.option(
    "--protocol",
    type=click.Choice(["grpc", "http/protobuf"]),
    help="In place of OTEL_EXPORTER_OTLP_PROTOCOL.  [default: by the port]",
)
@from_option
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="NAME=VALUE",
    help="With --from: sent along. Can be repeated.",
)
@click.option(
    "--wait",
    type=click.FloatRange(min=0, max=600),
    default=45.0,
    show_default=True,
    metavar="SECONDS",
    help="With --from: how long it may take to show the session.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def otlp(
    endpoint: str | None,
    protocol: str | None,
    origin: tuple[str, str] | None,
    headers: Sequence[str],
    wait: float,
    as_json: bool,
) -> int:
    """Send a probe session over OTLP, and say hop by hop what arrived.

    \b
    helisession doctor otlp
    helisession doctor otlp --endpoint http://localhost:4318
    helisession doctor otlp --from tempo http://localhost:3200
    helisession doctor otlp --from jaeger http://localhost:16686

    The probe is four small spans in two traces, of the session "otel-helisession doctor". It
    goes by the stock exporter, with the headers, certificates and timeout of the environment.
    Exits 0 when every hop was passed, else 1.
    """
    if environment.disabled():
        raise Unusable(
            "spans are switched off by HELISESSION_DISABLED or OTEL_SDK_DISABLED; unset it"
        )
    if origin is None and headers:
        raise click.UsageError("--header goes with --from")
    from otel_helisession.diagnosis.otlp.journey import journey
    from otel_helisession.diagnosis.otlp.session import SERVICE, probe
    from otel_helisession.diagnosis.otlp.target import resolve

    service = SERVICE if origin is not None and origin[0] == "jaeger" else None
    backend = None if origin is None else backend_at(origin, service, headers)
    try:
        target = resolve(endpoint, protocol)
    except ValueError as error:
        raise Unusable(printable(str(error))) from None
    sent = probe()
    if not as_json:
        click.echo(f"Session {sent.id} to {printable(target.shown)}, which is {target.source}:")
    hops: list[Hop] = []
    for hop in journey(target, sent, backend, wait):
        hops.append(hop)
        if not as_json:
            click.echo(_line(hop))
    if as_json:
        click.echo(json.dumps(_document(sent.id, target.shown, hops), indent=2))
    return 1 if any(hop.state in ("failed", "partly") for hop in hops) else 0


def _line(hop: Hop) -> str:
    begin = f"  {_MARKS[hop.state]:<6}  {hop.name:<10}  "
    return textwrap.fill(
        printable(hop.sentence),
        _WIDTH,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _document(session_id: str, endpoint: str, hops: Sequence[Hop]) -> dict[str, object]:
    return {
        "session": session_id,
        "endpoint": endpoint,
        "hops": [{"hop": one.name, "state": one.state, "said": one.sentence} for one in hops],
    }
