"""`helisession run`: a program under OpenTelemetry's auto-instrumentation, and its sessions."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

import click

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.cli import program
from otel_helisession.cli.problem import Unusable
from otel_helisession.cli.store_option import check_store, store_option
from otel_helisession.configuration import check
from otel_helisession.store.location import store_path

_SIGNALS: Final = ("OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER")

_SAME: Final = {
    "local": "helisession_local",
    "session_trace": "helisession_session_trace",
    "helicone": "helicone",
    "otlp": "otlp",
}
"""What OTEL_TRACES_EXPORTER calls an exporter that HELISESSION_EXPORTERS can name too."""

_OPTIONS: Final = {
    names.HELISESSION_EXPORTERS: "--exporters",
    names.HELISESSION_ALLOW_HOSTS: "--allow-host",
}
"""The options that a message names in place of their variables."""


@click.command(context_settings={"allow_interspersed_args": False})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option(
    "--exporters",
    metavar="NAMES",
    help="Where spans go: otlp, session_trace, helicone, local, comma-separated, or none.  "
    "[default: HELISESSION_EXPORTERS; else otlp with an OTLP endpoint, helicone with a key, "
    "else local]",
)
@click.option(
    "--default-session",
    type=click.Choice(["trace", "none"]),
    help="Whether each trace outside a session is a session of its own.  [default: trace]",
)
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST",
    help="A host that may get session headers, besides Helicone's own. Can be repeated.",
)
@store_option
def run(
    command: tuple[str, ...],
    exporters: str | None,
    default_session: str | None,
    allow_hosts: tuple[str, ...],
    store: Path | None,
) -> int:
    """Run COMMAND, and keep what its LLM, tool and vector calls say. No code is needed.

    \b
    helisession run -- python app.py
    helisession run -- python -m package.module --its-option
    helisession run --store sessions.db -- uvicorn app:app

    The program runs as under opentelemetry-instrument: every OpenTelemetry instrumentation
    that is installed is switched on, and calls over httpx to models that none of them covers
    get a span too. Where the program says nothing of sessions, each trace is one.

    Options beat HELISESSION_* variables. Metrics and logs are not exported, nor are traces
    elsewhere, unless OTEL_*_EXPORTER say so. The exit code is the program's; 2 when a setting
    is wrong, and then the program has not been started.
    """
    given = {
        names.HELISESSION_STORE: str(store_path(store)) if store else None,
        names.HELISESSION_EXPORTERS: exporters,
        names.HELISESSION_DEFAULT_SESSION: default_session,
        names.HELISESSION_ALLOW_HOSTS: ",".join(allow_hosts),
    }
    named = {name: value for name, value in given.items() if value}
    for name, value in named.items():
        environment.put(name, value)
    found = program.find(command)
    if environment.disabled():
        click.echo("helisession: switched off by the environment; the program runs alone", err=True)
        return program.run(found)
    chosen = _checked(named, store)
    program.instrument()
    _preset(chosen)
    started = time.time_ns()
    code = program.run(found)
    if "local" in chosen:
        from otel_helisession.cli.outcome import outcome  # 0.1 s that the program need not wait

        click.echo(f"helisession: {outcome(store, started, found[0])}", err=True)
    return code


def _checked(named: Collection[str], store: Path | None) -> Sequence[str]:
    """Return the names of our exporters; what would fail in the program fails here.

    Args:
        named: The variables that options have set.
        store: What ``--store`` was.
    """
    try:
        chosen = check()
    except (ValueError, ImportError) as error:
        said = str(error)
        for name in _OPTIONS.keys() & named:
            said = said.replace(name, _OPTIONS[name])
        raise Unusable(said) from error
    if "local" in chosen:
        check_store(store)
    return chosen


def _preset(chosen: Sequence[str]) -> None:
    """Say in the environment what the user has left open."""
    theirs = environment.items("OTEL_TRACES_EXPORTER") or ()
    ours = [name for name in chosen if _SAME[name] not in theirs]
    environment.preset(names.HELISESSION_EXPORTERS, ",".join(ours) or "none")
    environment.preset(names.HELISESSION_DEFAULT_SESSION, "trace")
    environment.preset(names.HELISESSION_HANDLE_SIGTERM, "true")
    for name in _SIGNALS:
        environment.preset(name, "none")
