"""What the requests of a place come to: how many, how many failed, tokens and cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from otel_helisession.conventions.operation import Kind, Usage
from otel_helisession.semconv import TOTAL_PREFIX

_TOKENS: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)


_Name = TypeVar("_Name", bound=str)
_Number = TypeVar("_Number", int, float)


@dataclass(slots=True)
class Totals:
    """Counts of requests and errors by kind, and sums of what is known of usage.

    Attributes:
        requests: How many, by kind.
        errors: How many failed, by kind; ``structure`` is work that failed by itself.
        cost_usd: What they cost, by kind; a kind of which no cost is known is not there.
        tokens: How many, by field of Usage; one that no request said is not there.
    """

    requests: dict[Kind, int] = field(default_factory=dict)
    errors: dict[Kind, int] = field(default_factory=dict)
    cost_usd: dict[Kind, float] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)

    def count(self, kind: Kind, usage: Usage) -> None:
        """Add a request."""
        self.requests[kind] = self.requests.get(kind, 0) + 1
        if usage.cost_usd is not None:
            self.cost_usd[kind] = self.cost_usd.get(kind, 0.0) + usage.cost_usd
        for name in _TOKENS:
            said = getattr(usage, name)
            if said is not None:
                self.tokens[name] = self.tokens.get(name, 0) + said

    def fail(self, kind: Kind) -> None:
        """Add an error."""
        self.errors[kind] = self.errors.get(kind, 0) + 1

    def add(self, other: Totals) -> None:
        """Add what *other* has."""
        _add(self.requests, other.requests)
        _add(self.errors, other.errors)
        _add(self.cost_usd, other.cost_usd)
        _add(self.tokens, other.tokens)

    def attributes(self) -> Mapping[str, int | float]:
        """Return them as attributes, below ``helicone.session.total.``: requests and errors
        always, the others where they are known."""
        said: dict[str, int | float] = {
            "requests": sum(self.requests.values()),
            "errors": sum(self.errors.values()),
            **self.tokens,
        }
        if self.cost_usd:
            said["cost_usd"] = _rounded(sum(self.cost_usd.values()))
        for kind in sorted({*self.requests, *self.errors}):
            if kind in self.requests:
                said[f"{kind}.requests"] = self.requests[kind]
            if kind in self.errors:
                said[f"{kind}.errors"] = self.errors[kind]
            if kind in self.cost_usd:
                said[f"{kind}.cost_usd"] = _rounded(self.cost_usd[kind])
        return {TOTAL_PREFIX + name: value for name, value in said.items()}


def _add(own: dict[_Name, _Number], more: Mapping[_Name, _Number]) -> None:
    for name, value in more.items():
        own[name] = own[name] + value if name in own else value


def _rounded(cost: float) -> float:
    """Return *cost* without what only binary sums have: 0.30000000000000004."""
    return round(cost, 9)
