"""Which sessions `ls` lists and in which order: its options, as a SessionFilter."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from otel_helisession.store import indexing
from otel_helisession.store.connection import connect_to_read
from otel_helisession.store.listing import KINDS, SORTS, SessionFilter, Sought, Term, split_terms
from otel_helisession.store.phrase import Phrase, saying
from otel_helisession.store.search import SearchIndex

_Function = TypeVar("_Function", bound=Callable[..., Any])

_ASCENDING: Final = frozenset({"name", "user", "id"})


@dataclass(frozen=True, slots=True)
class Filters:
    """What the options say."""

    name: str | None
    search: str | None
    user: str | None
    kind: str | None
    model: str | None
    errors: bool
    unnamed: bool
    sort: str
    reverse: bool

    @property
    def narrow(self) -> bool:
        """Whether some sessions are left out."""
        given = (self.name, self.search, self.user, self.kind, self.model)
        return self.errors or self.unnamed or any(one is not None for one in given)

    def wanted(self, store: Path | None, limit: int | None) -> SessionFilter:
        """Return the filter.

        Args:
            store: The store whose messages are searched, too; None: only ids, names, users,
                properties and models are.
            limit: Most sessions; None for all.
        """
        texts = split_terms(self.search or "")
        found = {} if store is None or not texts else _said(store, texts)
        return SessionFilter(
            terms=[Term(one.text, found.get(one, ())) for one in texts],
            name=self.name,
            unnamed=self.unnamed,
            user_id=self.user,
            kind=self.kind,
            model=self.model,
            errors=True if self.errors else None,
            sort=self.sort,
            descending=(self.sort not in _ASCENDING) != self.reverse,
            limit=limit,
        )


def _text(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return *value* as a store can have it: no bytes that are no text. A callback."""
    return None if value is None else value.encode("utf-8", "replace").decode()


def filter_options(function: _Function) -> _Function:
    """Add the options to a command, as the parameters that Filters takes."""
    for option in reversed(
        [
            click.option(
                "--name",
                metavar="NAME",
                callback=_text,
                help="Only sessions of exactly this name.",
            ),
            click.option(
                "--search",
                metavar="TEXT",
                callback=_text,
                help="Only sessions with all of these words, or, in quotes of their own, with the "
                "words as they stand; in messages, paths, ids, names, users, properties, models.",
            ),
            click.option(
                "--user",
                metavar="ID",
                callback=_text,
                help="Only sessions of exactly this user.",
            ),
            click.option(
                "--kind",
                type=click.Choice(KINDS),
                help="Only sessions with a request of this kind.",
            ),
            click.option(
                "--model",
                metavar="MODEL",
                callback=_text,
                help="Only sessions that called it.",
            ),
            click.option("--errors", is_flag=True, help="Only sessions with errors."),
            click.option("--unnamed", is_flag=True, help="Only sessions without a name."),
            click.option(
                "--sort",
                type=click.Choice(list(SORTS)),
                default="started",
                show_default=True,
                metavar="COLUMN",
                help=f"One of: {', '.join(SORTS)}. The largest first; texts from A.",
            ),
            click.option("--reverse", is_flag=True, help="In the other order."),
        ]
    ):
        function = option(function)
    return function


def _said(store: Path, texts: list[Sought]) -> dict[Sought, Collection[str]]:
    """Return which sessions say each of *texts*, after bringing the index up to date."""
    with (
        suppress(sqlite3.Error, OSError),
        closing(SearchIndex(store)) as index,
        closing(connect_to_read(store)) as connection,
    ):
        indexing.catch_up(connection, index)
        return {one: _saying(connection, index, one) for one in texts}
    return {}


def _saying(connection: sqlite3.Connection, index: SearchIndex, sought: Sought) -> Collection[str]:
    found = index.find(sought.text)
    return saying(connection, Phrase(sought.text), found)[0] if sought.quoted else found
