"""Sentences on what was understood of spans: by whom, what another said, what nobody could."""

from __future__ import annotations

from typing import Final

from otel_helisession.diagnosis.result import counted, listed
from otel_helisession.observing import Observations, ReadingKey

_NAMES: Final = {
    "llm": "LLM span",
    "tool": "tool span",
    "vector_db": "vector span",
    "data": "data span",
    "structure": "other span",
}
_MOST: Final = 20
"""Lines; the rest is one."""


def facts(observations: Observations) -> list[str]:
    """Say how spans are read: ``3 LLM spans of scope openai: openinference, usage.cost_usd by
    genai-prices; unread: llm.invocation_parameters.``"""
    found = [
        (key, count)
        for key, count in observations.readings()
        if key.kind != "structure" or key.unread  # of which there is nothing to be said
    ]
    said = [_said(key, count) for key, count in found[:_MOST]]
    rest = sum(count for _, count in found[_MOST:])
    return [*said, f"{counted(rest, 'span')} more are read in other ways."] if rest else said


def _said(key: ReadingKey, count: int) -> str:
    noun = _NAMES.get(key.kind, "span")
    others: dict[str, list[str]] = {}
    for field, source in key.provenance:
        others.setdefault(source, []).append(field)
    parts = [key.convention, *(f"{listed(names)} by {one}" for one, names in others.items())]
    unread = f"; unread: {listed(list(key.unread))}" if key.unread else ""
    return f"{counted(count, noun)} of scope {key.scope}: {', '.join(parts)}{unread}."
