"""Which spans of a session count, said once for all totals: the store's, metrics', exporters'.

A call to a model is counted once, however many spans describe it:

* Spans with one response id are one call, wherever they stand: two instrumentations, a
  gateway that reports the call again from its own process. The one that knows tokens
  stands for it; among equals the outer, or else the earlier.
* An ``llm`` span with ``llm`` spans below it (with nothing but structure between) is the
  same call told again, unless response ids or token counts show that these are others.
  What is below stands for it, each attempt of a retry by itself; but where only the outer
  knows tokens, it does.
* An ``llm`` span that runs beside another library's, which cannot make its spans current, is
  the same call told again; see :mod:`.siblings`.

A ``vector_db`` span with one other below it is one query, told by a retriever and by the
client of its database; the outer, which knows what was asked, stands for it. Several below
are queries of their own, and the outer is none.

What agents and steps repeat of the usage below them is not added: they are structure.
Other requests count as they are.

An error is counted once, where it arose: every failed request that counts, and a failed
structure span unless one of its children failed, or it is the plumbing right below a request.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from otel_helisession.conventions.totals.candidate import Candidate, Key
from otel_helisession.conventions.totals.siblings import told_beside

_TOLD_TWICE: Final = frozenset({"llm", "vector_db"})
"""Kinds whose calls one library may tell on top of another. A tool that calls a tool is two."""


class Count(NamedTuple):
    """The verdict over a session's spans.

    Attributes:
        requests: The spans that count as requests, with their usage.
        faults: The spans that count as errors.
    """

    requests: frozenset[Key]
    faults: frozenset[Key]


def count(spans: Sequence[Candidate]) -> Count:
    """Return which of a session's *spans* count. Linear; in any order; parents may be missing."""
    known = {span.key: span for span in spans}
    repeated = _repeated(known)
    requests = {
        span.key for span in known.values() if span.kind != "structure" and span.key not in repeated
    }
    requests -= _same_answer([known[key] for key in requests])
    calls = [known[key] for key in requests if known[key].kind == "llm"]
    requests -= told_beside(calls, known)
    return Count(frozenset(requests), frozenset(_faults(known, requests)))


def _repeated(known: dict[Key, Candidate]) -> set[Key]:
    """Return the requests that another of their kind, above or below them, stands for.

    From the innermost outwards, so that each outer span meets what already stands for the
    ones below it; those that broken parents tie into a ring are never reached, and count.
    """
    around: dict[Key, Candidate] = {}
    below: dict[Key, list[Candidate]] = defaultdict(list)
    above: dict[Key, Candidate | None] = {}
    calls = [span for span in known.values() if span.kind in _TOLD_TWICE]
    for span in calls:
        outer = _call_above(span, known, above)
        if outer is not None:
            around[span.key] = outer
            below[outer.key].append(span)
    waiting = {key: len(inner) for key, inner in below.items()}
    ready = [span for span in calls if span.key not in waiting]
    standing: dict[Key, list[Candidate]] = {}
    repeated: set[Key] = set()
    while ready:
        span = ready.pop()
        inner = below.get(span.key)
        if inner is None:
            standing[span.key] = [span]
        else:
            standing[span.key], again = _told_again(span, inner, standing)
            repeated.update(again)
        outer = around.get(span.key)
        if outer is not None:
            waiting[outer.key] -= 1
            if not waiting[outer.key]:
                ready.append(outer)
    return repeated


def _call_above(
    span: Candidate, known: dict[Key, Candidate], above: dict[Key, Candidate | None]
) -> Candidate | None:
    """Return the request of its kind around *span* with nothing but structure between.

    *above* remembers the answer for the structure on the way, so that deep trees are walked
    once; it also ends the walk where broken parents make a ring.
    """
    way: list[Key] = []
    at = span.parent
    found: Candidate | None = None
    while at is not None and at in known:
        if at in above:
            found = above[at]
            break
        outer = known[at]
        if outer.kind != "structure":
            found = outer
            break
        above[at] = None
        way.append(at)
        at = outer.parent
    for key in way:
        above[key] = found
    return found if found is not span and found is not None and found.kind == span.kind else None


def _told_again(
    outer: Candidate, inner: Sequence[Candidate], standing: dict[Key, list[Candidate]]
) -> tuple[list[Candidate], list[Key]]:
    """Return what stands for *outer*, and which spans that makes repetitions.

    Args:
        outer: A request.
        inner: The nearest ones of its kind below it.
        standing: What stands for each of those.
    """
    same = [one for one in inner if _may_be_same(outer, one, alone=len(inner) == 1)]
    inside = [stand for one in same for stand in standing[one.key]]
    if not inside:
        return [outer], []
    if outer.kind == "vector_db":
        return ([outer], [inside[0].key]) if len(inside) == 1 else (inside, [outer.key])
    one_answer = len(inside) == 1 and inside[0].response_id == outer.response_id is not None
    if outer.tokens and (one_answer or not any(one.tokens for one in inside)):
        return [outer], [one.key for one in inside]
    return inside, [outer.key]


def _may_be_same(outer: Candidate, inner: Candidate, *, alone: bool) -> bool:
    if outer.response_id is None or inner.response_id is None:
        return True
    if outer.response_id == inner.response_id:
        return True
    return alone and outer.tokens is not None and outer.tokens == inner.tokens


def _same_answer(requests: Sequence[Candidate]) -> set[Key]:
    """Return the spans whose answer another span has, which stands for it."""
    answers: dict[str, list[Candidate]] = defaultdict(list)
    for span in requests:
        if span.kind == "llm" and span.response_id is not None:
            answers[span.response_id].append(span)
    again: set[Key] = set()
    for told in answers.values():
        if len(told) > 1:
            told.sort(key=lambda one: (one.tokens is None, one.start_unix_nano, one.key))
            again.update(one.key for one in told[1:])
    return again


def _faults(known: dict[Key, Candidate], requests: set[Key]) -> set[Key]:
    with_failed_child = {span.parent for span in known.values() if span.failed}
    faults: set[Key] = set()
    for span in known.values():
        if not span.failed:
            continue
        if span.kind != "structure":
            if span.key in requests:
                faults.add(span.key)
            continue
        parent = None if span.parent is None else known.get(span.parent)
        below_request = parent is not None and parent.kind != "structure"
        if span.key not in with_failed_child and not below_request:
            faults.add(span.key)
    return faults
