"""`helisession demo`: a real agent on this machine, and what a session of it looks like."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
from opentelemetry.sdk.trace.export import SpanExporter
from rich.console import Console
from rich.text import Text

from otel_helisession import configure, environment
from otel_helisession import environment_variables as names
from otel_helisession.cli import figures, tree
from otel_helisession.cli.invocation import invocation
from otel_helisession.cli.problem import NotDelivered, Unusable
from otel_helisession.cli.session_id import short_ids
from otel_helisession.cli.session_table import session_table
from otel_helisession.cli.store_option import check_store, explained, store_option
from otel_helisession.cli.terminal import console, printable
from otel_helisession.demo import run as demonstration
from otel_helisession.demo.trip import Trip, trips
from otel_helisession.destinations import chosen
from otel_helisession.extras import installing
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.summary import SessionSummary

_LOOPBACK: Final = "127.0.0.1"

_FLUSH_MILLIS: Final = 15_000
"""Longer than a session's trace waits for its end; a backend that is down is not worth more."""

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

Say = Callable[[str], None]


@click.command()
@click.option(
    "--sessions",
    type=click.IntRange(1, 50),
    default=3,
    show_default=True,
    metavar="N",
    help="How many trips to plan; each is a session.",
)
@store_option
def demo(sessions: int, store: Path | None) -> None:
    """Run a trip-planning agent on this machine, and show its sessions.

    The agent is real, on OpenAI's and Anthropic's SDKs and a vector database in memory. Only
    the models are not: a scripted server on loopback answers for them. So it needs no key,
    costs nothing, and nothing leaves this machine unless HELISESSION_EXPORTERS says so.

    Each trip is one session named "Trip planner": research in parallel, an itinerary, a
    streamed answer. One has a tool that fails and is tried again. Their spans go to the
    embedded store, where these find them:

    \b
    helisession ls                    all sessions, with their totals
    helisession show ID               one of them as a tree
    helisession rm ID                 delete it

    To see the same sessions in Jaeger, say, send them there besides, with the extra otlp:

    \b
    HELISESSION_EXPORTERS=otlp,session_trace helisession demo
    HELISESSION_EXPORTERS=otlp OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 helisession demo

    The agent's code: otel_helisession/demo/agent.py.
    """
    if environment.disabled():
        raise Unusable(
            "the demo has nothing to show while HELISESSION_DISABLED or OTEL_SDK_DISABLED is "
            "set; unset it and run the demo again"
        )
    with _progress() as say:
        say("loading the SDKs")
        _check_installed()
        check_store(store)
        done = _run(trips(sessions), store, say)
    with explained(store), SessionReader(store) as reader:
        found = _found(reader, done)
        shorts = short_ids(reader.names())
        out = console()
        out.print(tree.render(found[-1], reader.spans(found[-1].id)))
        out.print()
        out.print(session_table(found[::-1], shorts))
        _say_where(out, reader.path, done)
        _say_what_next(out, store, found, shorts)
    if not done.delivered:
        raise NotDelivered(
            "not every span arrived where HELISESSION_EXPORTERS sends "
            f"({'; '.join(done.elsewhere)}): the lines above say why, and helisession doctor "
            "otlp says where the way ends. All of them are in the store"
        )


def _check_installed() -> None:
    problem = demonstration.missing()
    if problem is not None:
        raise Unusable(
            f"the demo needs the SDKs that it shows ({problem}); install them with: "
            f"{installing('demo')}"
        )


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of the trips: the ids of their *sessions*, where they went besides the store,
    and whether all of them arrived everywhere."""

    sessions: Sequence[str]
    elsewhere: Sequence[str]
    delivered: bool


def _run(planned: Sequence[Trip], store: Path | None, say: Say) -> _Done:
    """Plan the trips, and deliver their sessions to the store and where the environment says."""
    path = None if store is None else str(store)
    try:
        handle = configure(
            exporters=["local", *_others()],
            store=path,
            allow_hosts=[_LOOPBACK],
            service_name="trip-planner",
        )
    except (ValueError, ImportError) as error:  # of a variable that somebody set
        raise Unusable(str(error)) from error
    delivered = False
    try:
        done = demonstration.run(planned, say=lambda trip, text: say(f"{trip.destination}: {text}"))
        say("storing" if len(handle.destinations) == 1 else "storing and sending")
        delivered = handle.flush(_FLUSH_MILLIS)
    finally:
        delivered = handle.shutdown() and delivered
    elsewhere = handle.destinations[1:]
    if not delivered and not elsewhere:
        raise NotDelivered(
            "not every span was stored; the line above says why. Another place to store them: "
            "helisession demo --store FILE"
        )
    return _Done([one.session.id for one in done], elsewhere, delivered)


def _others() -> list[str | SpanExporter]:
    """Return the exporters that HELISESSION_EXPORTERS names, but for the store.

    An endpoint or a key that is set for other programs sends nothing: a demo is no work.
    """
    if environment.text(names.HELISESSION_EXPORTERS) is None:
        return []
    return [one for one in chosen(None, None, None) if one not in ("local", "none")]


def _found(reader: SessionReader, done: _Done) -> list[SessionSummary]:
    """Return the sessions as the store has them, all of them."""
    ids = done.sessions
    found = [summary for one in ids if (summary := reader.session(one)) is not None]
    if len(found) < len(ids):
        raise NotDelivered(
            f"{len(ids) - len(found)} of {len(ids)} sessions did not arrive in {reader.path}; "
            "OTEL_TRACES_SAMPLER, if it is set, may have dropped them"
        )
    return found


@contextmanager
def _progress() -> Iterator[Say]:
    """Yield what tells progress on standard error: a spinner, or lines if it is no terminal."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield lambda text: out.print(Text(text), soft_wrap=True)
        return
    with out.status("") as status:
        yield lambda text: status.update(Text(text))


def _say_where(out: Console, path: Path, done: _Done) -> None:
    count = figures.count(len(done.sessions), "session")
    said = [f"\n{count} stored in {path}."]
    if done.delivered:
        said += [f"Sent: {one}." for one in done.elsewhere]
    if not done.elsewhere and any(map(environment.text, _ENDPOINTS)):
        said.append(
            "Sent nowhere: an OTLP endpoint is set, but the demo sends only what "
            "HELISESSION_EXPORTERS names, as in HELISESSION_EXPORTERS=otlp."
        )
    out.print(Text("\n".join(said), style="dim"), soft_wrap=True)


def _say_what_next(
    out: Console,
    store: Path | None,
    found: Sequence[SessionSummary],
    shorts: dict[str, str],
) -> None:
    helisession = invocation()
    option = "" if store is None else f" --store {shlex.quote(str(store))}"
    one = shlex.quote(printable(shorts[found[0].id]))
    out.print(Text("\nWhat next:", style="dim"))
    commands = {
        f"{helisession} view{option}": "all sessions, in a browser",
        f"{helisession} ls{option}": "the same, here",
        f"{helisession} show {one}{option}": "any one as a tree",
        f"{helisession} show {one} --json{option}": "with every message",
        f"{helisession} rm {one}{option}": "delete it",
    }
    width = max(map(len, commands))
    for command, why in commands.items():
        line = Text("  ").append(command.ljust(width), style="bold").append(f"   {why}", "dim")
        out.print(line, soft_wrap=True)
