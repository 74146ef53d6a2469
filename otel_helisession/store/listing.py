"""SessionFilter: which sessions a list shows and in which order, and its SQL.

Only the table ``sessions`` is read, whose rows have their totals, so a list costs the same
whether there are thousands of spans or millions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

_REQUESTS: Final = "(llm + tool + vector_db + data)"
_TOKENS: Final = (
    "CASE WHEN input_tokens IS NULL AND output_tokens IS NULL THEN NULL"
    " ELSE ifnull(input_tokens, 0) + ifnull(output_tokens, 0) END"
)
_DURATION: Final = "(end_unix_nano - start_unix_nano)"

SORTS: Final[Mapping[str, str]] = {
    "started": "start_unix_nano",
    "last_activity": "end_unix_nano",
    "duration": _DURATION,
    "name": "nullif(name, '') COLLATE NOCASE",
    "id": "session_id",
    "user": "user_id COLLATE NOCASE",
    "requests": _REQUESTS,
    "llm": "llm",
    "tool": "tool",
    "vector_db": "vector_db",
    "data": "data",
    "spans": "spans",
    "tokens": _TOKENS,
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cached": "cache_read_tokens",
    "reasoning": "reasoning_tokens",
    "cost": "cost_usd",
    "errors": "errors",
    "mean": "mean_ms",
    "p95": "p95_ms",
}
"""What a list can be sorted by. Unknown values come last in both directions."""

KINDS: Final = ("llm", "tool", "vector_db", "data")

FIGURES: Final = (
    f"SELECT name, errors, {_REQUESTS}, max({_DURATION}, 0) / 1e6, cost_usd, {_TOKENS},"
    " start_unix_nano, end_unix_nano FROM sessions"
)
"""The figures of every session, in the order of :class:`Figures`."""


class Figures(NamedTuple):
    """What a session adds to what is said of all sessions of its name."""

    name: str
    errors: int
    requests: int
    duration_ms: float
    cost_usd: float | None
    tokens: int | None
    start_unix_nano: int
    end_unix_nano: int


_SEARCHED: Final = ("session_id", "name", "user_id", "properties", "models")
"""Columns in which a term may stand anywhere; message text and paths are the index's."""

_TERM: Final = re.compile(r'"([^"]+)"|(\S+)')
_MAX_SEARCH_CHARS: Final = 500
_MAX_TERMS: Final = 8
"""Each term is a search of its own."""

_JSON: Final = frozenset({"properties", "models"})
"""Those that are kept as JSON, in ASCII."""


class Sought(NamedTuple):
    """A word that somebody searches for, or a phrase in quotation marks.

    Attributes:
        text: What was typed, without quotation marks.
        quoted: Whether it had them: its words have to stand side by side.
    """

    text: str
    quoted: bool


class Term(NamedTuple):
    """One thing that is searched for.

    Attributes:
        text: What was typed.
        session_ids: Sessions whose paths or messages have it, as the index says.
    """

    text: str
    session_ids: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions, in which order. None means any.

    Attributes:
        terms: All of these have to be found.
        name: Exactly this name.
        unnamed: Only sessions without a name.
        user_id: Exactly this user.
        kind: Sessions with a request of this kind.
        model: Sessions that called this model.
        errors: True: only with errors; False: only without.
        cost_usd: Least and most cost.
        duration_ms: Shortest and longest.
        since_unix_nano: Sessions that were active at this time or later.
        until_unix_nano: Sessions that started before this time.
        sort: A key of SORTS.
        descending: Largest first.
        limit: Most sessions; None for all.
        offset: How many to skip.
    """

    terms: Sequence[Term] = ()
    name: str | None = None
    unnamed: bool = False
    user_id: str | None = None
    kind: str | None = None
    model: str | None = None
    errors: bool | None = None
    cost_usd: tuple[float | None, float | None] = (None, None)
    duration_ms: tuple[float | None, float | None] = (None, None)
    since_unix_nano: int | None = None
    until_unix_nano: int | None = None
    sort: str = "started"
    descending: bool = True
    limit: int | None = None
    offset: int = 0

    def condition(self) -> tuple[str, list[Any]]:
        """Return the WHERE clause, without its word, and its values."""
        made = _Condition()
        for term in self.terms:
            made.add(*_found(term))
        made.given("name = ?", self.name)
        made.given("user_id = ?", self.user_id)
        made.given("end_unix_nano >= ?", self.since_unix_nano)
        made.given("start_unix_nano < ?", self.until_unix_nano)
        made.between("cost_usd", self.cost_usd)
        made.between(f"{_DURATION} / 1e6", self.duration_ms)
        if self.unnamed:
            made.add("name = ''")
        if self.kind is not None:
            made.add(f"{KINDS[KINDS.index(self.kind)]} > 0")
        if self.model is not None:
            made.add("instr(models, ?) > 0", json.dumps(self.model))
        if self.errors is not None:
            made.add("errors > 0" if self.errors else "errors = 0")
        return " AND ".join(made.parts) or "1", made.values

    def order(self) -> str:
        """Return the ORDER BY clause with LIMIT and OFFSET."""
        by, direction = SORTS[self.sort], "DESC" if self.descending else "ASC"
        limit = -1 if self.limit is None else self.limit
        return (
            f"ORDER BY {by} IS NULL, {by} {direction}, start_unix_nano DESC, session_id"
            f" LIMIT {limit:d} OFFSET {self.offset:d}"
        )


def split_terms(text: str) -> list[Sought]:
    """Return what somebody searches for: words, and what stands in quotation marks as one."""
    found = [
        Sought((quoted or word).strip().strip('"'), bool(quoted))
        for quoted, word in _TERM.findall(text[:_MAX_SEARCH_CHARS])
    ]
    return [one for one in found if one.text][:_MAX_TERMS]


def escaped(text: str) -> str:
    """Return *text* for a LIKE with ``ESCAPE '\\'``, where it shall mean itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class _Condition:
    """The parts of a WHERE clause, all of which must hold, and their values."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[Any] = []

    def add(self, part: str, *values: Any) -> None:
        self.parts.append(part)
        self.values += values

    def given(self, part: str, value: Any) -> None:
        if value is not None:
            self.add(part, value)

    def between(self, column: str, bounds: tuple[float | None, float | None]) -> None:
        self.given(f"{column} >= ?", bounds[0])
        self.given(f"{column} <= ?", bounds[1])


def _found(term: Term) -> tuple[Any, ...]:
    texts = [json.dumps(term.text)[1:-1] if one in _JSON else term.text for one in _SEARCHED]
    parts, values = [], []
    if term.session_ids:  # first, which spares the others; in order, which halves its time
        parts.append("session_id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(sorted(term.session_ids)))
    parts += [f"{column} LIKE ? ESCAPE '\\'" for column in _SEARCHED]
    values += [f"%{escaped(text)}%" for text in texts]
    return f"({' OR '.join(parts)})", *values
