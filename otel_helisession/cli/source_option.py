"""--store and --from: the options that say where sessions are read from."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from otel_helisession.backends.address import KINDS, Address
from otel_helisession.backends.backend import Backend
from otel_helisession.cli.age import age
from otel_helisession.cli.source import Source
from otel_helisession.cli.store_option import store_option

_SINCE: Final = "7d"
"""What is searched unless somebody says otherwise: as much as the embedded store keeps."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def source_option(function: _Function) -> _Function:
    """Add ``--store``, ``--from`` and what belongs to it, as the parameter ``source``."""

    @functools.wraps(function)
    def with_source(*arguments: Any, **said: Any) -> Any:
        source = _source(
            said.pop("store"),
            said.pop("origin"),
            said.pop("since"),
            said.pop("service"),
            said.pop("headers"),
        )
        return function(*arguments, source=source, **said)

    made: Any = with_source
    for option in (
        store_option,
        click.option(
            "--header",
            "headers",
            multiple=True,
            metavar="NAME=VALUE",
            help="With --from: sent along. Can be repeated. A key belongs into "
            "HELISESSION_BACKEND_HEADERS, because others can read a command line.",
        ),
        click.option("--service", metavar="NAME", help="With --from jaeger: only this service."),
        click.option(
            "--since",
            callback=age,
            metavar="AGE",
            help=f"With --from: how far back to look, as in 90m, 12h, 4w.  [default: {_SINCE}]",
        ),
        from_option,
    ):
        made = option(made)
    return made  # type: ignore[no-any-return]


def from_option(function: _Function) -> _Function:
    """Add ``--from``, as the parameter ``origin``: a pair, or None."""
    return click.option(
        "--from",
        "origin",
        type=(click.Choice(KINDS), str),
        metavar=f"{'|'.join(KINDS)} URL",
        help="Read from a Jaeger or Tempo that runs, as in: --from tempo http://localhost:3200",
    )(function)


def backend_at(origin: tuple[Any, str], service: str | None, headers: Sequence[str]) -> Backend:
    """Return the backend that ``--from`` names.

    Raises:
        click.UsageError: It is no URL, or a header is none.
    """
    kind, url = origin
    try:
        address = Address.of(kind, url, headers)
    except ValueError as error:
        raise click.UsageError(f"--from: {error}") from None
    if kind == "jaeger":
        from otel_helisession.backends.jaeger import Jaeger  # 50 ms, for HTTP

        return Jaeger(address, service)
    if service is not None:
        raise click.UsageError("--service is for Jaeger, which searches one service at a time")
    from otel_helisession.backends.tempo import Tempo

    return Tempo(address)


def _source(
    store: Path | None,
    origin: tuple[str, str] | None,
    since: float | None,
    service: str | None,
    headers: Sequence[str],
) -> Source:
    if origin is None:
        if since is not None or service is not None or headers:
            raise click.UsageError("--since, --service and --header go with --from")
        return Source(store)
    if store is not None:
        raise click.UsageError("give either --store or --from")
    context, parameter = click.get_current_context(), click.Option(["--since"])
    seconds = age(context, parameter, _SINCE) if since is None else since
    return Source(None, backend_at(origin, service, headers), seconds or 0.0)
