"""Whose session a span is of, and where in its path: from what it says, and from its ancestors.

Spans of our own SDK say both. Others come in any order, mostly children first, and name a
session on some of them only; so each trace is remembered for a while, and what is known of a
span changes when an ancestor arrives. Nothing here reads or writes anything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from otel_helisession.sessions.path import ROOT, join
from otel_helisession.sessions.text import clean_name

MAX_MEMBERS: Final = 50_000
"""Most spans of one trace that are remembered; what is more hangs under what is."""


class Place(NamedTuple):
    """Whose session, and where in it. No session: None, and no path."""

    session_id: str | None
    session_name: str = ""
    path: str = ""
    user_id: str | None = None


NOWHERE: Final = Place(None)


@dataclass(slots=True, eq=False)
class Member:
    """One span of a trace.

    Attributes:
        span_id: 16 hexadecimal digits.
        parent: Its parent's; None for a root.
        segment: What it adds to the path; empty: nothing.
        said: The session that it names itself, None for none; its path empty where the span
            does not name one.
        ours: Whether our own SDK said so.
        is_request: Whether it is a call of a model, tool, vector database, or on data.
        name: Its name.
        place: As far as it is known.
    """

    span_id: str
    parent: str | None
    segment: str
    said: Place | None
    ours: bool
    is_request: bool
    name: str = ""
    place: Place = NOWHERE


@dataclass(slots=True, eq=False)
class Family:
    """The spans of one trace, as far as they have come.

    Attributes:
        trace_id: 32 hexadecimal digits.
        by_trace: Whether a trace that names no session, and has a request, is one itself.
    """

    trace_id: str
    by_trace: bool
    members: dict[str, Member] = field(default_factory=dict)
    _children: dict[str, dict[str, Member]] = field(default_factory=dict)
    _named: set[str] = field(default_factory=set)
    _default: Place | None = None
    _ours: bool = False
    _asks: bool = False

    def add(self, members: Iterable[Member]) -> list[Member]:
        """Take *members* in, and place them. Return those that were here before, and have moved."""
        new = [self._enter(member) for member in members]
        fresh = {member.span_id for member in new}
        default = self._find_default()
        starts: Iterable[Member] = new
        if default != self._default:
            self._default = default
            starts = {**self.members, **{member.span_id: member for member in new}}.values()
        return [member for member in self._placed(list(starts)) if member.span_id not in fresh]

    def orphans(self) -> list[str]:
        """Return the ids of parents that have not come."""
        return [one for one, below in self._children.items() if below and one not in self.members]

    def __len__(self) -> int:
        return len(self.members)

    def _enter(self, member: Member) -> Member:
        known = self.members.get(member.span_id)
        if known is not None and known.parent is not None:
            del self._children[known.parent][known.span_id]
        if known is None and len(self.members) >= MAX_MEMBERS:
            return member
        self.members[member.span_id] = member
        if member.parent is not None:
            self._children.setdefault(member.parent, {})[member.span_id] = member
        if member.said is not None and member.said.session_id is not None:
            self._ours = self._ours or member.ours
            if not member.ours and len(self._named) < 2:
                self._named.add(member.said.session_id)
        self._asks = self._asks or member.is_request
        return member

    def _find_default(self) -> Place | None:
        """Return whose the spans are that nobody's session reaches.

        The only session that a foreign trace names is all of the trace's. Where our SDK named
        it, it named all that belong to it.
        """
        if self._ours:
            return None
        if len(self._named) == 1:
            return Place(next(iter(self._named)), "", ROOT)
        if not self._named and self.by_trace and self._asks:
            return Place(self.trace_id, "", ROOT)
        return None

    def _placed(self, starts: list[Member]) -> list[Member]:
        """Place *starts*, then what is below those that moved; return those that moved.

        Parents go before their children, wherever the order is known.
        """
        waiting = deque(self._elders_first(starts))
        moved: dict[str, Member] = {}
        rounds = 0
        most = 2 * (len(starts) + len(self.members)) + 16  # parents may make a ring
        while waiting and rounds < most:
            rounds += 1
            member = waiting.popleft()
            place = self._place_of(member)
            if place == member.place:
                continue
            member.place = place
            moved[member.span_id] = member
            waiting.extend(self._below(member))
        return list(moved.values())

    def _elders_first(self, starts: list[Member]) -> list[Member]:
        ids = {member.span_id for member in starts}
        elders = [member for member in starts if member.parent not in ids]
        queue, ordered, seen = deque(elders), [], set()
        while queue:
            member = queue.popleft()
            if member.span_id in seen:
                continue
            seen.add(member.span_id)
            ordered.append(member)
            queue.extend(one for one in self._below(member) if one.span_id in ids)
        return ordered + [member for member in starts if member.span_id not in seen]

    def _place_of(self, member: Member) -> Place:
        parent = None if member.parent is None else self.members.get(member.parent)
        above = NOWHERE if parent is None or parent is member else parent.place
        said = member.said
        if said is None:
            if above.session_id is None:
                above = self._default or NOWHERE
            if above.session_id is None:
                return NOWHERE
            name = above.session_name
            if member.parent is None and above.session_id == self.trace_id:
                name = clean_name(member.name)
            return Place(above.session_id, name, extend(above.path, member.segment), above.user_id)
        if said.path:
            return said
        if above.session_id == said.session_id:
            path = extend(above.path, member.segment)
            user, name = said.user_id or above.user_id, said.session_name or above.session_name
            return Place(said.session_id, name, path, user)
        return said._replace(path=extend(ROOT, member.segment))

    def _below(self, member: Member) -> Iterable[Member]:
        return self._children.get(member.span_id, {}).values()


def extend(path: str, segment: str) -> str:
    """Return *path* with *segment*, unless it ends in it: a wrapper repeats what it wraps."""
    if not segment or path.endswith("/" + segment):
        return path
    return join(path, segment)
