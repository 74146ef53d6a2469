"""Calls told by a span that could not be made current, and again by one that stands beside it.

Callbacks, as LangChain's are, start a span for a call and cannot make it current. What
describes the request further below then hangs beside that span, not within it, and nothing
but time and what was counted ties the two together. So they are one call only if

* the one without a response id began first and ended last;
* the other, with a response id, hangs where that one does, or where the structure around it;
* both counted the same tokens, of the same model as far as both name one.

Each span is paired once at most. Calls that one library makes at the same time, of the same
prompt even, all have response ids, or none has: they are never taken for each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from otel_helisession.conventions.totals.candidate import Candidate, Key

_LEVELS: Final = 16
"""How far up is looked from a span: chains in chains have some six."""

_TRIES: Final = 64
"""How many calls that counted the same tokens are looked at for one."""

_At = tuple[Key, int, int]
"""Where a request hangs, and what it counted."""


def told_beside(calls: Sequence[Candidate], known: Mapping[Key, Candidate]) -> set[Key]:
    """Return the *calls* that another one, which was not current, stands for.

    Args:
        calls: ``llm`` spans that count, each for a call as far as is known.
        known: All spans.
    """
    beside: dict[_At, list[Candidate]] = defaultdict(list)
    for call in calls:
        if call.response_id is not None and call.parent is not None and call.input_tokens:
            beside[call.parent, call.input_tokens, call.output_tokens or 0].append(call)
    for waiting in beside.values():
        waiting.sort(key=_order)
    again: set[Key] = set()
    if beside:
        for call in sorted(calls, key=_order, reverse=True):
            if call.response_id is None and call.input_tokens:
                again.update(_pair(call, beside, known))
    return again


def _pair(
    outer: Candidate, beside: dict[_At, list[Candidate]], known: Mapping[Key, Candidate]
) -> Iterator[Key]:
    """Take the first that *outer* tells of from *beside*; those that began before it stay."""
    assert outer.input_tokens is not None
    for parent in _places(outer, known):
        waiting = beside.get((parent, outer.input_tokens, outer.output_tokens or 0), [])
        last = len(waiting) - 1
        for place in range(last, max(last - _TRIES, -1), -1):
            inner = waiting[place]
            if inner.start_unix_nano < outer.start_unix_nano:
                break
            if inner.end_unix_nano <= outer.end_unix_nano and _is_one(outer.model, inner.model):
                yield waiting.pop(place).key
                return


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
