"""What `helisession run` says when the program has ended: where its sessions are. One line."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

from otel_helisession.cli import figures, program
from otel_helisession.cli.facts import title
from otel_helisession.cli.session_id import short_ids
from otel_helisession.cli.terminal import printable
from otel_helisession.extras import installing
from otel_helisession.store.error import StoreError
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.summary import SessionSummary

_LOOKED_AT: Final = 200
"""Sessions that are looked at, newest first. One of a long conversation may be older."""


def outcome(store: Path | None, since_unix_nano: int, executable: str) -> str:
    """Return which sessions the store has got since then, and what to type to see them.

    Args:
        store: What was given as ``--store``, for the commands to repeat; None: nothing was.
        since_unix_nano: When the program was started.
        executable: What was started: if it is a Python that cannot know of us, that is said.
    """
    option = "" if store is None else f" --store {shlex.quote(str(store))}"
    try:
        with SessionReader(store) as reader:
            newest = reader.sessions(limit=_LOOKED_AT)
            shorts = short_ids(reader.names())
    except StoreError as error:
        return str(error)
    new = [summary for summary in newest if summary.end_unix_nano >= since_unix_nano]
    if not new and program.is_strange_python(executable):
        return (
            f"no session was stored: that Python ({executable}) has no otel-helisession; install "
            f"it there: {installing('run', f'{shlex.quote(executable)} -m pip')}"
        )
    if not new:
        return (
            "no session was stored: no span came from an instrumentation, or from a model called "
            f"over httpx; see: helisession doctor{option}"
        )
    show = f"helisession show {shlex.quote(printable(shorts[new[0].id]))}{option}"
    if len(new) == 1:
        return f"one session, {_title(new[0])}; see it: {show}"
    return f"{figures.count(len(new), 'session')}; see them: helisession ls{option}; {show}"


def _title(summary: SessionSummary) -> str:
    calls = figures.count(summary.request_count, "request")
    return f"{title(summary.name)!r} with {calls}"
