"""Which session somebody means: an id or its start, and short ids to type."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from otel_helisession.cli.problem import NoSuchSession
from otel_helisession.cli.terminal import printable
from otel_helisession.store.reader import SessionReader

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}", re.IGNORECASE)

_UUID_CHARS: Final = 8
"""What a UUID is shown by, where that is unique: its first group."""

_OTHER_CHARS: Final = 24
"""What an id that somebody chose is shown by: most of it, for it says something."""

_MOST: Final = 5
"""Sessions that a message lists."""


def meant(given: str | None, reader: SessionReader) -> str:
    """Return the id of the session that *given*, or the start of an id, means; None: the newest.

    Raises:
        NoSuchSession: It means none, or several.
    """
    names = reader.names()
    if given is not None:
        return resolve(given, names)
    for newest in names:
        return newest
    raise NoSuchSession(f"no sessions in {reader.path}; try: helisession demo")


def resolve(given: str, names: Mapping[str, str], listing: str = "helisession ls") -> str:
    """Return the id that *given*, an id or the start of one, means.

    Args:
        given: What somebody typed.
        names: The name of every session by its id, newest first.
        listing: The command that lists them.

    Raises:
        NoSuchSession: None or several are meant; the message lists the near ones.
    """
    if given in names:
        return given
    lowered = given.lower()
    found = [one for one in names if one.lower().startswith(lowered)] if given else []
    if len(found) == 1:
        return found[0]
    shown = repr(printable(given))
    if found:
        raise NoSuchSession(
            f"{len(found):,} sessions start with {shown}; give more of the id:"
            + _listed(found, names, listing)
        )
    near = _near(given, names)
    if near:
        raise NoSuchSession(
            f"no session has an id that starts with {shown}; near:" + _listed(near, names, listing)
        )
    hint = f"see: {listing}" if names else "the store has no sessions; try: helisession demo"
    raise NoSuchSession(f"no session has an id that starts with {shown}; {hint}")


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """Return for each id the start of it that names it among all of them, worth typing."""
    ordered = sorted(ids)
    shorts: dict[str, str] = {}
    for place, one in enumerate(ordered):
        least = _UUID_CHARS if _UUID.fullmatch(one) else _OTHER_CHARS
        for other in ordered[max(place - 1, 0) : place + 2]:
            if other != one:
                least = max(least, _shared(one, other) + 1)
        shorts[one] = one[:least]
    return shorts


def _shared(one: str, other: str) -> int:
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length


def _near(given: str, names: Mapping[str, str]) -> list[str]:
    """Return ids with that name, with it inside, or spelled much like it."""
    lowered = given.lower()
    inside = [
        one for one, name in names.items() if lowered and lowered in (one + "\n" + name).lower()
    ]
    heads = {one[: max(len(given), 4)].lower(): one for one in reversed(list(names))}
    alike = [heads[head] for head in difflib.get_close_matches(lowered, heads, n=_MOST)]
    return list(dict.fromkeys(inside + alike))


def _listed(ids: list[str], names: Mapping[str, str], listing: str) -> str:
    lines = [f"\n  {printable(one)}  {printable(names[one])}".rstrip() for one in ids[:_MOST]]
    if len(ids) > _MOST:
        lines.append(f"\n  and {len(ids) - _MOST:,} more: {listing}")
    return "".join(lines)
