"""Calls told by a span that could not be made current, and again by one that stands beside it.

Callbacks, as LangChain's are, start a span for a call and cannot make it current; some SDKs
write a span of their own next to an instrumentation's. What describes the request further below
then hangs beside that span, not within it, and nothing but time, the model and what was counted
ties the two together. So they are one call only if

* one began first and ended last;
* the other hangs where that one does, or where the structure around it;
* two libraries tell them, and not both name an answer; of libraries that are not known, one
  names an answer and the other does not;
* both counted the same tokens, of the same model as far as both name one; or else at most one
  counted, both name the model, both failed or neither, and the two libraries are known to tell
  each other's calls: by another call of the session, or because the inner one is an SDK's.

A library tells a call once, so of calls that it makes at the same time, of the same prompt even,
none is taken for another. Of two tellings the one that knows tokens stands for the call; among
equals the outer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Final

from otel_helisession.conventions.totals.candidate import Candidate, Key

_LEVELS: Final = 16
"""How far up is looked from a span: chains in chains have some six."""

_TRIES: Final = 64
"""How many calls of one library are looked at for one."""

_SDKS: Final = frozenset(
    {"com.anthropic.sdk.python", "mistralai_sdk_tracer", "otel_helisession.http"}
)
"""Scopes that tell every request where it leaves, whoever has told of it above."""

_Libraries = set[tuple[str, str]]
"""Pairs of an outer and an inner library that tell the same calls."""

_Waiting = defaultdict[tuple[Key, Hashable], "defaultdict[str | None, list[Told]]"]
"""Calls by where they hang and what they must share with another, then by library, in order."""


class Told:
    """One call as far as is known: the outermost span that tells of it, and what stands for it."""

    __slots__ = ("ids", "libraries", "outer", "stands")

    def __init__(self, span: Candidate) -> None:
        self.outer = span
        self.stands = span
        self.libraries = {span.library}
        self.ids = span.response_id is not None

    def take(self, inner: Told) -> None:
        """Know that *inner* is the same call."""
        if self.stands.tokens is None and inner.stands.tokens is not None:
            self.stands = inner.stands
        self.libraries |= inner.libraries
        self.ids = self.ids or inner.ids


def told_beside(calls: Sequence[Candidate], known: Mapping[Key, Candidate]) -> set[Key]:
    """Return the *calls* that another one beside them stands for.

    Args:
        calls: ``llm`` spans that count, each for a call as far as is known.
        known: All spans.
    """
    if not _may_be_told_twice(calls):
        return set()
    pairs = _answered_together(known)
    told = [Told(call) for call in sorted(calls, key=_order)]
    told = _joined(told, known, _tokens, pairs)
    told = _joined(told, known, _outcome, pairs)
    return {call.key for call in calls} - {one.stands.key for one in told}


def _may_be_told_twice(calls: Sequence[Candidate]) -> bool:
    """Tell whether two libraries tell of *calls*, or may: the most sessions have but one."""
    libraries = {call.library for call in calls}
    if len(libraries) == 1 and None in libraries:
        return len({call.response_id is None for call in calls}) == 2
    return len(libraries) > 1


def _answered_together(known: Mapping[Key, Candidate]) -> _Libraries:
    """Return the libraries that tell of one answer, by its id."""
    tellers: dict[str, set[str]] = defaultdict(set)
    for span in known.values():
        if span.kind == "llm" and span.response_id is not None and span.library is not None:
            tellers[span.response_id].add(span.library)
    return {(a, b) for told in tellers.values() if len(told) > 1 for a in told for b in told}


def _tokens(told: Told) -> Hashable:
    """Return what two that counted must share."""
    span = told.stands
    return (span.input_tokens, span.output_tokens or 0) if span.input_tokens else None


def _outcome(told: Told) -> Hashable:
    """Return what two must share of whom one did not count."""
    return told.outer.failed if told.outer.library and told.outer.model else None


def _joined(
    told: list[Told],
    known: Mapping[Key, Candidate],
    shared: Callable[[Told], Hashable],
    pairs: _Libraries,
) -> list[Told]:
    """Return the calls that are left once those that are one have been joined.

    From the last to begin to the first; each takes of what fits into it what ends last, which
    joins as many as can be. What is found by tokens is added to *pairs*.
    """
    waiting: _Waiting = defaultdict(lambda: defaultdict(list))
    for one in told:
        key = shared(one)
        if key is not None and one.outer.parent is not None:
            waiting[one.outer.parent, key][one.outer.library].append(one)
    gone: set[Key] = set()
    for one in reversed(told):
        if one.outer.key in gone or (key := shared(one)) is None:
            continue
        inner = _inner(one, key, waiting, known, None if shared is _tokens else pairs)
        if inner is not None:
            gone.add(inner.outer.key)
            if one.outer.library and inner.outer.library:
                pairs.add((one.outer.library, inner.outer.library))
            one.take(inner)
    return [one for one in told if one.outer.key not in gone]


def _inner(
    outer: Told,
    key: Hashable,
    waiting: _Waiting,
    known: Mapping[Key, Candidate],
    pairs: _Libraries | None,
) -> Told | None:
    """Take the call from *waiting* that *outer* tells of, too, from the nearest place."""
    for parent in _places(outer.outer, known):
        best: Told | None = None
        found: list[Told] = []
        for library, beside in waiting.get((parent, key), {}).items():
            if library is not None and library in outer.libraries:
                continue
            for inner in _begun_within(outer, beside):
                later = best is None or best.outer.end_unix_nano < inner.outer.end_unix_nano
                if later and _is_same(outer, inner, pairs):
                    best, found = inner, beside
        if best is not None:
            found.remove(best)
            return best
    return None


def _begun_within(outer: Told, beside: list[Told]) -> Iterator[Told]:
    for inner in beside[: -_TRIES - 1 : -1]:
        if inner.outer.start_unix_nano < outer.outer.start_unix_nano:
            return
        yield inner


def _is_same(one: Told, other: Told, pairs: _Libraries | None) -> bool:
    """Tell whether *other*, which began within *one*, is the same call.

    Args:
        one: The outer.
        other: The inner.
        pairs: Libraries that tell each other's calls, for those of whom one did not count;
            None where both counted the same.
    """
    outer, inner = one.outer, other.outer
    if one is other or (one.ids and other.ids) or inner.end_unix_nano > outer.end_unix_nano:
        return False
    if outer.library is None or inner.library is None:
        return pairs is None and one.ids != other.ids and _is_one(outer.model, inner.model)
    if one.libraries & other.libraries or not _is_one(outer.model, inner.model):
        return False
    if pairs is None:
        return True
    told_together = inner.library in _SDKS or (outer.library, inner.library) in pairs
    return told_together and (one.stands.tokens is None or other.stands.tokens is None)


def _places(span: Candidate, known: Mapping[Key, Candidate]) -> Iterator[Key]:
    """Yield *span*'s parent, and those above as long as there is but structure between."""
    at = span.parent
    for _ in range(_LEVELS):
        if at is None:
            return
        yield at
        above = known.get(at)
        if above is None or above.kind != "structure":
            return
        at = above.parent


def _is_one(model: str | None, other: str | None) -> bool:
    """Tell whether two names may be one model's: ``gpt-5`` is ``gpt-5-2026-01-01``, too."""
    if not model or not other:
        return True
    model, other = model.rpartition("/")[2], other.rpartition("/")[2]
    return model.startswith(other) or other.startswith(model)


def _order(span: Candidate) -> tuple[int, Key]:
    return span.start_unix_nano, span.key
