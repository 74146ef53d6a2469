"""`helisession demo`: a real agent on this machine, and what a session of it looks like."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.text import Text

from otel_helisession import configure, environment
from otel_helisession.cli import figures, tree
from otel_helisession.cli.invocation import invocation
from otel_helisession.cli.problem import NotDelivered, Unusable
from otel_helisession.cli.session_id import short_ids
from otel_helisession.cli.session_table import session_table
from otel_helisession.cli.store_option import check_store, explained, store_option
from otel_helisession.cli.terminal import console, printable
from otel_helisession.demo import run as demonstration
from otel_helisession.demo.trip import Trip, trips
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.summary import SessionSummary

_LOOPBACK: Final = "127.0.0.1"

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
    costs nothing, and nothing leaves this machine.

    Each trip is one session named "Trip planner": research in parallel, an itinerary, a
    streamed answer. One has a tool that fails and is tried again. Their spans go to the
    embedded store, where these find them:

    \b
    helisession ls                    all sessions, with their totals
    helisession show ID               one of them as a tree
    helisession rm ID                 delete it

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
        ids = _run(trips(sessions), store, say)
    with explained(store), SessionReader(store) as reader:
        found = [summary for one in ids if (summary := reader.session(one)) is not None]
        if len(found) < len(ids):
            raise NotDelivered(
                f"{len(ids) - len(found)} of {len(ids)} sessions did not arrive in {reader.path}; "
                "OTEL_TRACES_SAMPLER, if it is set, may have dropped them"
            )
        shorts = short_ids(reader.names())
        out = console()
        out.print(tree.render(found[-1], reader.spans(found[-1].id)))
        out.print()
        out.print(session_table(found[::-1], shorts))
        _say_what_next(out, reader.path, store, found, shorts)


def _check_installed() -> None:
    problem = demonstration.missing()
    if problem is not None:
        raise Unusable(
            f"the demo needs the SDKs that it shows ({problem}); install them with: "
            "pip install 'otel-helisession[demo]'"
        )


def _run(planned: Sequence[Trip], store: Path | None, say: Say) -> list[str]:
    """Plan the trips and return the ids of their sessions, all of them stored."""
    path = None if store is None else str(store)
    try:
        handle = configure(
            exporters=["local"], store=path, allow_hosts=[_LOOPBACK], service_name="trip-planner"
        )
    except ValueError as error:  # of a variable that somebody set
        raise Unusable(str(error)) from error
    stored = False
    try:
        done = demonstration.run(planned, say=lambda trip, text: say(f"{trip.destination}: {text}"))
        say("storing")
        stored = handle.flush()
    finally:
        stored = handle.shutdown() and stored
    if not stored:
        raise NotDelivered(
            "not every span was stored; the line above says why. Another place to store them: "
            "helisession demo --store FILE"
        )
    return [one.session.id for one in done]


@contextmanager
def _progress() -> Iterator[Say]:
    """Yield what tells progress on standard error: a spinner, or lines if it is no terminal."""
    out = console(stderr=True)
    if not out.is_terminal:
        yield lambda text: out.print(Text(text), soft_wrap=True)
        return
    with out.status("") as status:
        yield lambda text: status.update(Text(text))


def _say_what_next(
    out: Console,
    path: Path,
    store: Path | None,
    found: Sequence[SessionSummary],
    shorts: dict[str, str],
) -> None:
    helisession = invocation()
    option = "" if store is None else f" --store {shlex.quote(str(store))}"
    one = shlex.quote(printable(shorts[found[0].id]))
    count = figures.count(len(found), "session")
    out.print(Text(f"\n{count} stored in {path}. What next:", style="dim"), soft_wrap=True)
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
