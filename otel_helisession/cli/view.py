"""`helisession view`: the sessions in a browser, and the ports that take spans."""

from __future__ import annotations

import secrets
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import click

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.cli import importing, view_words
from otel_helisession.cli.extra import needed
from otel_helisession.cli.problem import Unusable
from otel_helisession.cli.store_option import check_store, explained, store_option
from otel_helisession.store.connection import is_only_read
from otel_helisession.store.location import store_path
from otel_helisession.web.policy import Policy, is_loopback

if TYPE_CHECKING:
    from otel_helisession.viewer.doors import Doors

_PORT: Final = 7177
_TRIED: Final = 20
"""Ports that are tried from the usual one on, where nobody has asked for a certain one."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _port(context: click.Context, parameter: click.Parameter, value: str) -> int | None:
    """Return the port that *value* says; None for ``off``. A callback for an option."""
    if value == "off":
        return None
    if value.isdecimal() and len(value) < 6 and int(value) < 65_536:
        return int(value)
    raise click.BadParameter(f"{value!r} is no port; give 0 to 65535, or off")


def _options(function: _Function) -> _Function:
    for option in reversed(
        [
            click.option("--port", type=click.IntRange(0, 65_535), metavar="PORT",
                         help=f"The viewer's port.  [default: {_PORT}, or the next that is free]"),
            click.option("--otlp-http-port", callback=_port, default="4318", show_default=True,
                         metavar="PORT|off", help="OTLP over HTTP, and Helicone's loggers."),
            click.option("--otlp-grpc-port", callback=_port, default="4317", show_default=True,
                         metavar="PORT|off", help="OTLP over gRPC."),
            click.option("--default-session", type=click.Choice(["trace", "none"]),
                         default="trace", show_default=True,
                         help="Whether a trace that names no session is one."),
            click.option("--no-open", is_flag=True, help="Open no browser."),
            click.option("--jaeger", metavar="URL", help="Link spans to Jaeger there."),
            click.option("--grafana", metavar="URL", help="Link spans to Tempo in Grafana there."),
            click.option("--helicone", metavar="URL",
                         help="Link sessions to Helicone there.  [default: with a key, its cloud]"),
            click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
                         help="The address to listen on. Another needs --allow-remote."),
            click.option("--allow-remote", is_flag=True,
                         help="Let other machines in, with the token that is printed."),
            click.option("--allow-host", "hosts", multiple=True, metavar="NAME",
                         help="A name under which the viewer is reached. Can be repeated."),
            click.option("--allow-origin", "origins", multiple=True, metavar="URL",
                         help="A web page that may send spans. Can be repeated."),
        ]
    ):  # fmt: skip
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class _Given:
    """What was asked for."""

    port: int | None
    otlp_http_port: int | None
    otlp_grpc_port: int | None
    default_session: str
    no_open: bool
    jaeger: str | None
    grafana: str | None
    helicone: str | None
    host: str
    allow_remote: bool
    hosts: tuple[str, ...]
    origins: tuple[str, ...]

    def policy(self) -> Policy:
        """Return who may come in; with a token where that may be somebody else."""
        remote = not is_loopback(self.host)
        if remote and not self.allow_remote:
            raise Unusable(
                f"{self.host} can be reached by other machines, and sessions hold what people "
                "said; if that is meant, add --allow-remote: it then asks for a token"
            )
        return Policy(
            hosts=frozenset(name.lower() for name in (*self.hosts, self.host)),
            addresses=remote,
            origins=frozenset(origin.rstrip("/") for origin in self.origins),
            token=secrets.token_urlsafe(24) if self.allow_remote else None,
        )


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_options
@store_option
def view(files: tuple[Path, ...], store: Path | None, **given: Any) -> int:
    """Show the sessions in a browser, and take spans from any language.

    One process, on this machine only: the viewer on http://127.0.0.1:7177, OTLP over HTTP on
    4318 and gRPC on 4317, the ports to which OpenTelemetry's SDKs send by default. What comes
    goes to the embedded store, beside what your Python programs put there themselves. FILES
    are OTLP's JSON lines, as the Collector's file exporter writes; they are read first.

    \b
    helisession view                                  what is in the store, and what comes
    helisession view spans.jsonl --store spans.db     a recording
    helisession view --jaeger http://localhost:16686  with links to the same spans there

    Ctrl-C ends it. Other machines get in with --host, --allow-remote and the token that is
    then printed.
    """
    asked = _Given(**given)
    policy = asked.policy()
    with explained(store):
        path = store_path(store)
        only_read = is_only_read(path)
    if files:
        check_store(store)
        importing.read(files, path, "view")
    _serve(asked, policy, path, only_read)
    return 0


def _serve(asked: _Given, policy: Policy, path: Path, only_read: bool) -> None:
    with needed("view", "viewer"):
        from otel_helisession.viewer.app import make_viewer
        from otel_helisession.viewer.doors import Doors, Ports
        from otel_helisession.viewer.serving import Server
        from otel_helisession.viewer.settings import Receivers, Settings
        from otel_helisession.viewer.upkeep import Upkeep

    links = _links(asked)
    listening = _listening(asked)
    port = listening.getsockname()[1]
    ports = Ports(asked.host, asked.otlp_http_port, asked.otlp_grpc_port)
    by_trace: Literal["trace"] | None = "trace" if asked.default_session == "trace" else None
    doors = None if only_read else Doors(path, ports, policy, by_trace)
    receivers = Receivers() if doors is None else doors.receivers
    problems = [] if doors is None else doors.problems
    settings = Settings(path, policy, receivers, links, f"helisession_{port}", only_read)
    upkeep = None if only_read else Upkeep(path)
    address = view_words.address(asked.host, port, policy.token)

    def started() -> None:
        click.echo(view_words.greeting(address, settings, problems))
        if policy.token is None and not asked.no_open and sys.stdout.isatty():
            webbrowser.open(address)

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if upkeep is not None:
            upkeep.start()
        Server(make_viewer(settings), started).run(sockets=[listening])
    except KeyboardInterrupt:
        click.echo()
    finally:
        _close(doors, upkeep, listening)


def _close(doors: Doors | None, upkeep: Any, listening: socket.socket) -> None:
    with suppress(KeyboardInterrupt):  # somebody who cannot wait
        if doors is not None and not doors.close():
            click.echo("Spans that came last are read at the next start.", err=True)
        if upkeep is not None:
            upkeep.stop(0.5)
    listening.close()


def _listening(asked: _Given) -> socket.socket:
    """Return the viewer's socket, on the port that was asked for or else a free one."""
    from otel_helisession.viewer.serving import listen

    wanted = [asked.port] if asked.port is not None else range(_PORT, _PORT + _TRIED)
    for port in wanted:
        try:
            found = listen(asked.host, port)
        except OSError as error:
            reason = error.strerror or str(error)
            continue
        if asked.port is None and port != _PORT:
            click.echo(f"Port {_PORT} is taken ({reason}); using {port}", err=True)
        return found
    raise Unusable(
        f"cannot listen on {asked.host}:{wanted[-1]} ({reason}); "
        "is a viewer running there? Another port: --port PORT"
    )


def _links(asked: _Given) -> dict[str, str]:
    from otel_helisession.viewer.links import HELICONE, HELICONE_EU, links

    key = environment.text(names.HELICONE_API_KEY)
    cloud = None if key is None else HELICONE_EU if "-eu-" in key else HELICONE
    try:
        return links(asked.jaeger, asked.grafana, asked.helicone or cloud)
    except ValueError as error:
        raise Unusable(str(error)) from error
