"""Source: where sessions are read from, the embedded store or a backend that runs."""

from __future__ import annotations

import shlex
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from otel_helisession.backends.address import Address
from otel_helisession.backends.backend import Backend, Found, Wanted, Window
from otel_helisession.backends.error import BackendError
from otel_helisession.cli import figures
from otel_helisession.cli.problem import NoSuchSession, Unusable
from otel_helisession.cli.session_id import resolve
from otel_helisession.cli.store_option import explained
from otel_helisession.cli.terminal import console, printable
from otel_helisession.store.connection import connect
from otel_helisession.store.reader import SessionReader
from otel_helisession.store.writer import SessionWriter

_AHEAD_SECONDS: Final = 300
"""Clocks of other machines may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where sessions are read from.

    Attributes:
        store: What ``--store`` was.
        backend: What ``--from`` names; None for the embedded store.
        since: What ``--since`` was, in seconds.
    """

    store: Path | None = None
    backend: Backend | None = None
    since: float = 0.0

    @property
    def option(self) -> str:
        """What to append to a command that reads from here, too."""
        if self.backend is None:
            return "" if self.store is None else f" --store {shlex.quote(str(self.store))}"
        return _option(self.backend.address)

    def place(self, reader: SessionReader) -> str:
        """Return the name of where *reader* got its sessions."""
        return str(reader.path) if self.backend is None else self.backend.address.title

    @contextmanager
    def sessions(self, *, name: str | None, limit: int | None) -> Iterator[SessionReader]:
        """Read the newest sessions, all that the store has or *limit* of the backend's."""
        if self.backend is None:
            with explained(self.store), SessionReader(self.store) as reader:
                yield reader
            return
        with _gathered(self.backend, self._window(), _newest(name, limit)) as reader:
            yield reader

    @contextmanager
    def session(self, given: str | None) -> Iterator[SessionReader]:
        """Read the session of the id that *given*, or its start, is; the newest for None.

        Of a backend there is nothing but this one.
        """
        if self.backend is None:
            with explained(self.store), SessionReader(self.store) as reader:
                yield reader
            return
        with _gathered(self.backend, self._window(), _one(given)) as reader:
            yield reader

    def _window(self) -> Window:
        now = int(time.time())
        return Window(max(0, now - max(1, int(self.since))), now + _AHEAD_SECONDS)


_Choose = Callable[[Backend, Window], Sequence[str]]
"""Which sessions of a backend are meant."""


@contextmanager
def _gathered(backend: Backend, window: Window, choose: _Choose) -> Iterator[SessionReader]:
    """Read the chosen sessions out of a store that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="helisession-") as directory:
        path = Path(directory, "sessions.db")
        with explained(path), closing(SessionWriter(path)) as writer:
            connect(path).close()
            try:
                with _waiting(backend):
                    remarks = _fill(backend, window, choose, writer)
            except BackendError as error:
                raise Unusable(printable(str(error))) from None
            for remark in dict.fromkeys(remarks):
                click.echo(f"Note: {printable(remark)}", err=True)
            with SessionReader(path) as reader:
                yield reader


def _fill(
    backend: Backend, window: Window, choose: _Choose, writer: SessionWriter
) -> Sequence[str]:
    """Gather the chosen sessions, and return what is to be known about them."""
    from otel_helisession.backends.gathering import gather

    remarks: list[str] = []
    for session_id in choose(backend, window):
        gathered = gather(backend, session_id, window, writer)
        if gathered.is_cut:
            remarks.append(f"session {session_id} has more traces than were read")
        if gathered.doubles:
            remarks.append(
                f"{figures.count(gathered.doubles, 'span')} of session {session_id} came twice, "
                "and count once: they were sent again after a failure"
            )
    return [*remarks, *backend.remarks]


def _newest(name: str | None, limit: int | None) -> _Choose:
    def choose(backend: Backend, window: Window) -> Sequence[str]:
        found = backend.search(Wanted(name=name), window)
        if not found.traces and name is None:
            backend.remarks.append(_nothing(backend))
        chosen = list(found.traces)[:limit]
        if len(found.traces) > len(chosen) or found.is_cut:
            least = "at least " if found.is_cut else ""
            backend.remarks.append(
                f"{len(chosen):,} of {least}{figures.count(len(found.traces), 'session')}, the "
                "newest; more with --limit, or by --name"
            )
        return chosen

    return choose


def _one(given: str | None) -> _Choose:
    def choose(backend: Backend, window: Window) -> Sequence[str]:
        if given and backend.search(Wanted(session_id=given), window).traces:
            return [given]
        found = backend.search(Wanted(), window)
        if not found.traces:
            raise NoSuchSession(printable(_nothing(backend)))
        return [next(iter(found.traces)) if given is None else _resolved(given, found, backend)]

    return choose


def _resolved(given: str, found: Found, backend: Backend) -> str:
    names = {one: found.names.get(one, "") for one in found.traces}
    return resolve(given, names, f"helisession ls{_option(backend.address)}")


def _option(address: Address) -> str:
    return f" --from {address.kind} {shlex.quote(address.url)}"


def _nothing(backend: Backend) -> str:
    return (
        f"{backend.address.title} has no session in that time; {backend.there()}. Look further "
        "back with --since, or at what keeps sessions away: helisession doctor otlp"
    )


@contextmanager
def _waiting(backend: Backend) -> Iterator[None]:
    err = console(stderr=True)
    if not err.is_terminal:
        yield
        return
    with err.status(printable(f"asking {backend.address.title}")):
        yield
