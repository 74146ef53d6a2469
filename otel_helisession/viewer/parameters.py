"""What the address of a list asks for, as a SessionFilter; a wrong value is a Problem."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timezone
from typing import Final, TypeVar

from otel_helisession.store.listing import KINDS, SORTS, SessionFilter, Sought, Term, split_terms
from otel_helisession.viewer.problem import Problem

_LARGEST: Final = 2**63 - 1
"""SQLite's largest integer: the year 2262, in nanoseconds."""

_PAGE: Final = 50
MAX_PAGE: Final = 1_000
_KNOWN: Final = frozenset(
    {
        *("q", "name", "user", "kind", "model", "errors", "unnamed", "since", "until"),
        *("min_cost", "max_cost", "min_ms", "max_ms", "sort", "order", "limit", "offset"),
    }
)

_Value = TypeVar("_Value")


def session_filter(
    given: Mapping[str, str], find: Callable[[Sought], Collection[str]]
) -> SessionFilter:
    """Return what the parameters of an address ask for.

    Args:
        given: The parameters. An empty one counts as not given, but ``name``: sessions that
            have none.
        find: Returns the ids of sessions whose messages or paths say what is searched for.

    Raises:
        Problem: One is unknown, or has a value that it cannot have.
    """
    for name in given:
        if name not in _KNOWN:
            raise Problem(400, f"there is no parameter {name[:50]!r}; {_listed(_KNOWN)}")
    sort = _choice(given, "sort", tuple(SORTS)) or "started"
    return SessionFilter(
        terms=[Term(one.text, find(one)) for one in split_terms(given.get("q", ""))],
        name=given.get("name") or None,
        unnamed=_flag(given, "unnamed") or given.get("name") == "",
        user_id=given.get("user") or None,
        kind=_choice(given, "kind", KINDS),
        model=given.get("model") or None,
        errors=_flag(given, "errors"),
        cost_usd=(_number(given, "min_cost"), _number(given, "max_cost")),
        duration_ms=(_number(given, "min_ms"), _number(given, "max_ms")),
        since_unix_nano=_time(given, "since"),
        until_unix_nano=_time(given, "until"),
        sort=sort,
        descending=(_choice(given, "order", ("asc", "desc")) or _usual(sort)) == "desc",
        limit=_whole(given, "limit", _PAGE, 1, MAX_PAGE),
        offset=_whole(given, "offset", 0, 0, 2**40),
    )


def _usual(sort: str) -> str:
    """Return how people expect it sorted: texts from A, figures from the largest."""
    return "asc" if sort in ("name", "user", "id") else "desc"


def _choice(given: Mapping[str, str], name: str, accepted: tuple[str, ...]) -> str | None:
    value = given.get(name) or None
    if value is None or value in accepted:
        return value
    raise Problem(400, f"{name} is {value[:50]!r}; {_listed(accepted)}")


def _flag(given: Mapping[str, str], name: str) -> bool | None:
    value = given.get(name)
    if not value:
        return None
    if value in ("1", "true", "0", "false"):
        return value in ("1", "true")
    raise Problem(400, f"{name} is {value[:50]!r}; accepted: 1 or 0")


def _number(given: Mapping[str, str], name: str) -> float | None:
    return _parsed(given, name, _finite, "a number")


def _whole(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = _parsed(given, name, int, "a whole number")
    if value is None:
        return default
    if not least <= value <= most:
        raise Problem(400, f"{name} is {str(value)[:20]}; accepted: {least:,} to {most:,}")
    return value


def _time(given: Mapping[str, str], name: str) -> int | None:
    accepted = "a time such as 2025-01-31T09:30:00Z, or nanoseconds since 1970"
    return _parsed(given, name, _unix_nano, accepted)


def _parsed(
    given: Mapping[str, str], name: str, parse: Callable[[str], _Value], accepted: str
) -> _Value | None:
    value = given.get(name)
    if not value:
        return None
    try:
        return parse(value)
    except (ValueError, OverflowError):
        raise Problem(400, f"{name} is {value[:50]!r}; give {accepted}") from None


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _unix_nano(text: str) -> int:
    if text.isdecimal() and len(text) < 20:
        return min(int(text), _LARGEST)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace(" ", "+"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(-_LARGEST, min(int(moment.timestamp() * 1e6) * 1_000, _LARGEST))


def _listed(accepted: object) -> str:
    return f"accepted: {', '.join(sorted(accepted))}"  # type: ignore[call-overload]
