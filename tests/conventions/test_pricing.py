"""What a call cost, against the tables themselves."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from otel_helisession.conventions.operation import Operation, Usage
from otel_helisession.conventions.totals.pricing import priced

genai_prices = pytest.importorskip("genai_prices", reason="the extra prices is not installed")

AT = datetime(2026, 11, 1, tzinfo=timezone.utc)
AT_NANO = int(AT.timestamp() * 1e9)


@pytest.fixture(autouse=True)
def _prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HELISESSION_PRICES")


def call(provider: str | None = "openai", model: str = "gpt-4o", **rest: Any) -> Operation:
    """A chat of 1,000 tokens in and 100 out, unless said otherwise."""
    usage = rest.pop("usage", Usage(input_tokens=1_000, output_tokens=100))
    return Operation(
        kind="llm", name="chat", provider=provider, request_model=model, usage=usage, **rest
    )


def table(model: str, provider: str, context: dict[str, str] | None = None, **counts: int) -> float:
    """What the tables say themselves."""
    more = {} if context is None else {"price_context": context}
    price = genai_prices.calc_price(
        genai_prices.Usage(**counts),
        model,
        provider_id=provider,
        genai_request_timestamp=AT,
        **more,
    )
    return float(price.total_price)


def test_a_call_costs_what_the_tables_say() -> None:
    """Input and output tokens have their own prices, and the source is named."""
    done = priced(call(), AT_NANO)
    assert done.usage.cost_usd == table("gpt-4o", "openai", input_tokens=1_000, output_tokens=100)
    assert done.provenance == {"usage.cost_usd": "genai-prices"}


def test_cached_tokens_cost_what_cached_tokens_cost() -> None:
    """They are part of the input, at a price of their own; writing a cache has another."""
    usage = Usage(1_000, 100, cache_read_tokens=600, cache_write_tokens=300)
    done = priced(call("anthropic", "claude-sonnet-4-20250514", usage=usage), AT_NANO)
    counts = {"cache_read_tokens": 600, "cache_write_tokens": 300}
    right = table(
        "claude-sonnet-4-20250514", "anthropic", input_tokens=1_000, output_tokens=100, **counts
    )
    full = table("claude-sonnet-4-20250514", "anthropic", input_tokens=1_000, output_tokens=100)
    assert done.usage.cost_usd == right != full


def test_cached_tokens_beside_the_input_are_added_to_it() -> None:
    """Libraries that count them apart say less input than was read from the cache."""
    usage = Usage(100, 100, cache_read_tokens=600)
    done = priced(call("anthropic", "claude-sonnet-4-20250514", usage=usage), AT_NANO)
    counts = {"input_tokens": 700, "output_tokens": 100, "cache_read_tokens": 600}
    assert done.usage.cost_usd == table("claude-sonnet-4-20250514", "anthropic", **counts)


def test_reasoning_is_paid_once() -> None:
    """It is part of the output; only where it is larger than that is it beside it."""
    within = priced(call(usage=Usage(10, 100, reasoning_tokens=80)), AT_NANO)
    beside = priced(call(usage=Usage(10, 100, reasoning_tokens=180)), AT_NANO)
    assert within.usage.cost_usd == table("gpt-4o", "openai", input_tokens=10, output_tokens=100)
    assert beside.usage.cost_usd == table("gpt-4o", "openai", input_tokens=10, output_tokens=280)


def test_a_batch_costs_a_batch_price() -> None:
    """How the provider served the call decides; the standard words change nothing."""
    if "price_context" not in genai_prices.calc_price.__kwdefaults__:
        assert priced(call(model="o3", service_tier="batch"), AT_NANO).usage.cost_usd is None
        return
    counts = {"input_tokens": 1_000, "output_tokens": 100}
    batch = priced(call(model="o3", service_tier="batch"), AT_NANO).usage.cost_usd
    assert batch == table("o3", "openai", {"processing": "batch"}, **counts)
    usual = priced(call(model="o3", service_tier="default"), AT_NANO).usage.cost_usd
    assert usual == table("o3", "openai", **counts) > batch


def test_embeddings_need_no_output() -> None:
    """They answer without output tokens."""
    usage = Usage(input_tokens=1_000)
    done = priced(
        Operation(
            kind="llm",
            name="embeddings",
            provider="openai",
            request_model="text-embedding-3-small",
            usage=usage,
        ),
        AT_NANO,
    )
    assert done.usage.cost_usd == table("text-embedding-3-small", "openai", input_tokens=1_000)


def test_the_model_that_answered_decides() -> None:
    """An alias that was asked for is only the second choice."""
    done = priced(call(model="no-such-alias", response_model="gpt-4o"), AT_NANO)
    asked = priced(call(model="gpt-4o", response_model="no-such-model"), AT_NANO)
    assert done.usage.cost_usd == asked.usage.cost_usd == priced(call(), AT_NANO).usage.cost_usd


@pytest.mark.parametrize(
    ("convention", "tables"),
    [("gcp.gemini", "google"), ("gcp.gen_ai", "google"), ("google_genai", "google")],
)
def test_providers_have_several_names(convention: str, tables: str) -> None:
    """The conventions' names of providers are understood."""
    done = priced(call(convention, "gemini-2.5-pro"), AT_NANO)
    counts = {"input_tokens": 1_000, "output_tokens": 100}
    assert done.usage.cost_usd == table("gemini-2.5-pro", tables, **counts)
    grok = priced(call("x_ai", "grok-4"), AT_NANO)
    assert grok.usage.cost_usd == table("grok-4", "x-ai", **counts)


UNKNOWN = {
    "a model that nobody knows": call(model="acme-9"),
    "a provider that nobody knows": call("acme", "gpt-4o"),
    "no model": call(model=""),
    "no input count": call(usage=Usage(output_tokens=5)),
    "no output count": call(usage=Usage(input_tokens=5)),
    "no usage": call(usage=Usage()),
    "a structure": Operation(request_model="gpt-4o", usage=Usage(1, 1)),
    "a tool": Operation(kind="tool", request_model="gpt-4o", usage=Usage(1, 1)),
    "absurd counts": call(usage=Usage(10**400, 10)),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_is_unknown_stays_unknown(case: str) -> None:
    """Never zero, and never a guess."""
    assert priced(UNKNOWN[case], AT_NANO) is UNKNOWN[case]


def test_a_cost_on_the_span_wins() -> None:
    """Whoever wrote it knows discounts that we do not; zero is a cost, too."""
    for cost in (0.5, 0.0):
        said = call(usage=Usage(1_000, 100, cost_usd=cost))
        assert priced(said, AT_NANO) is said


def test_prices_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then only costs that spans say are known; an odd value never raises here."""
    for value in ("false", "perhaps"):
        monkeypatch.setenv("HELISESSION_PRICES", value)
        assert priced(call(), AT_NANO).usage.cost_usd is None


@pytest.mark.parametrize("when", [None, 0, 2**62, -(2**62), 2**70])
def test_any_time_will_do(when: int | None) -> None:
    """A clock that is wrong raises nothing."""
    priced(call(), when)
