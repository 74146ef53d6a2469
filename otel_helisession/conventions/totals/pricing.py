"""What a call to a model cost, from the tables of the package genai-prices (extra ``prices``).

A cost that somebody wrote on the span wins. What the tables do not know stays unknown: a
guess, or a zero, would spoil every total that it went into.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from functools import lru_cache, partial
from typing import Any, Final

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.conventions.operation import Operation, Usage
from otel_helisession.conventions.totals.price_line import PriceLines

SOURCE: Final = "genai-prices"
"""What ``Operation.provenance`` says of a cost from here."""

_MOST_TOKENS: Final = 10**9
"""More than this is no count of one call's tokens, and is not paid for."""

_INPUT_ONLY: Final = frozenset({"embeddings", "rerank"})
"""Operations that answer without output tokens."""

_PROVIDERS: Final[Mapping[str, str]] = {
    "x_ai": "x-ai",
    "gcp.gen_ai": "google",
    "google_genai": "google",
    "azure.ai.inference": "azure",
}
"""Names of the GenAI conventions, and of libraries, that the tables spell otherwise."""

_MINUTE_NANO: Final = 60 * 10**9
"""Prices may change by the hour, on the hour or within it."""

_lines: Final = PriceLines()

_STANDARD_TIERS: Final = frozenset({"", "auto", "default", "standard"})


def priced(operation: Operation, at_unix_nano: int | None = None) -> Operation:
    """Return *operation* with what it cost, as far as that can be known.

    Args:
        operation: Returned as it is when it is no LLM call, has a cost, lacks token counts,
            when the tables do not know provider and model, without the extra, and where
            ``HELISESSION_PRICES`` is off.
        at_unix_nano: When the call was made, for prices that changed; None: now.

    About 50 µs for an LLM call, and 5 once its model's prices are known to be a line; nothing
    for others. Never raises on what was read.
    """
    usage = operation.usage
    if operation.kind != "llm" or usage.cost_usd is not None or not operation.model:
        return operation
    if usage.input_tokens is None:
        return operation
    if usage.output_tokens is None and operation.name not in _INPUT_ONLY:
        return operation
    cost = _cost(operation, at_unix_nano)
    if cost is None:
        return operation
    return replace(
        operation,
        usage=replace(usage, cost_usd=cost),
        provenance={**operation.provenance, "usage.cost_usd": SOURCE},
    )


def _cost(operation: Operation, at_unix_nano: int | None) -> float | None:
    calculate = _calculator()
    when = None
    try:
        if calculate is None or not environment.flag(names.HELISESSION_PRICES, default=True):
            return None
        if max(_counted(operation.usage).values()) > _MOST_TOKENS:
            return None
        if at_unix_nano is not None:
            when = datetime.fromtimestamp(at_unix_nano / 1e9, tz=timezone.utc)
        provider, context = _provider(operation), _context(operation)
        minute = (at_unix_nano or time.time_ns()) // _MINUTE_NANO
        for model in dict.fromkeys((operation.response_model, operation.request_model)):
            if model:
                key = None if context is None else tuple(context.items())
                cost = _lines.cost(
                    (model, provider, minute, key),
                    _counted(operation.usage),
                    partial(calculate, model=model, provider=provider, when=when, context=context),
                )
                if cost is not None:
                    return cost
    except (ValueError, ArithmeticError, OSError):  # absurd counts or time, or an odd switch
        return None
    return None


def _provider(operation: Operation) -> str | None:
    name = operation.provider
    return None if name is None else _PROVIDERS.get(name.lower(), name)


def _context(operation: Operation) -> dict[str, str] | None:
    """Return how the call was served, where that has a price of its own."""
    tier = (operation.service_tier or "").lower()
    if tier in _STANDARD_TIERS:
        return None
    return {"processing": "batch"} if tier == "batch" else {"service_tier": tier}


def _counted(usage: Usage) -> dict[str, int]:
    """Return the counts with parts within their wholes.

    Some libraries count cached tokens beside the input, and reasoning beside the output.
    Where a part is larger than its whole that is certain, and the parts are added.
    """
    cached = (usage.cache_read_tokens or 0) + (usage.cache_write_tokens or 0)
    inputs, outputs = usage.input_tokens or 0, usage.output_tokens or 0
    reasoning = usage.reasoning_tokens or 0
    return {
        "input_tokens": inputs + cached if cached > inputs else inputs,
        "output_tokens": outputs + reasoning if reasoning > outputs else outputs,
        "cache_read_tokens": usage.cache_read_tokens or 0,
        "cache_write_tokens": usage.cache_write_tokens or 0,
    }


_Calculator = Callable[..., "float | None"]
"""From counts, ``model``, ``provider``, ``when`` and ``context`` to US dollars."""


@lru_cache(maxsize=1)
def _calculator() -> _Calculator | None:
    """Return the tables' answer as a function; None where the package is not installed."""
    try:
        import genai_prices
    except ImportError:
        return None
    calc: Any = genai_prices.calc_price
    knows_context = "price_context" in inspect.signature(calc).parameters

    def calculate(
        counts: dict[str, int],
        model: str,
        provider: str | None,
        when: datetime | None,
        context: dict[str, str] | None,
    ) -> float | None:
        more: dict[str, Any] = {}
        if context is not None:
            if not knows_context:
                return None  # a price for another way of serving is not this call's
            more["price_context"] = context
        usage = genai_prices.Usage(**counts)
        try:
            price = calc(usage, model, provider_id=provider, genai_request_timestamp=when, **more)
        except LookupError:
            return None
        return float(price.total_price)

    return calculate
