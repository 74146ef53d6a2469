"""A line through a price table says to the last digit what the table says."""

from __future__ import annotations

import random
from datetime import datetime, timezone

import pytest

from otel_helisession.conventions.totals.price_line import UNITS, PriceLines

Counts = dict[str, int]


def usage(draw: random.Random, most: int = 50_000) -> Counts:
    """Return the tokens of a call, whose cached ones are within its input."""
    tokens = draw.randrange(most)
    read = draw.randrange(tokens + 1) if draw.random() < 0.5 else 0
    written = draw.randrange(tokens - read + 1) if draw.random() < 0.3 else 0
    return dict(zip(UNITS, (tokens, draw.randrange(9_000), read, written), strict=True))


def flat(counts: Counts) -> float:
    """Cost 3 dollars a million of input, 15 of output."""
    return (3 * counts[UNITS[0]] + 15 * counts[UNITS[1]]) / 1_000_000


def test_a_table_is_asked_until_it_is_known() -> None:
    """Then only for calls beyond those that were compared."""
    asked: list[Counts] = []

    def table(counts: Counts) -> float:
        asked.append(counts)
        return flat(counts)

    lines, counts = PriceLines(), dict(zip(UNITS, (1_000, 20, 0, 0), strict=True))
    for _ in range(50):
        assert lines.cost("model", counts, table) == flat(counts)
    assert len(asked) == 9 + 4 + 1  # patience, the line, the first comparison
    larger = {**counts, UNITS[0]: 2_000}
    assert [lines.cost("model", larger, table) for _ in range(3)] == [flat(larger)] * 3
    assert len(asked) == 15


@pytest.mark.parametrize("most", [50_000, 500_000])
def test_prices_in_tiers_are_asked_for_each_time(most: int) -> None:
    """Also where the first calls were all above the step."""

    def table(counts: Counts) -> float:
        return flat(counts) * (2 if counts[UNITS[0]] > 200_000 else 1)

    lines, draw = PriceLines(), random.Random(7)
    large = [dict(zip(UNITS, (300_000 + n, 5, 0, 0), strict=True)) for n in range(20)]
    for counts in [*large, *(usage(draw, most) for _ in range(200))]:
        assert lines.cost("model", counts, table) == table(counts)


def test_a_price_of_each_request_is_no_line() -> None:
    """Nor is a table that does not know."""
    lines, draw = PriceLines(), random.Random(1)
    for _ in range(50):
        counts = usage(draw)
        assert lines.cost("a", counts, lambda said: flat(said) + 0.01) == flat(counts) + 0.01
        assert lines.cost("b", counts, lambda said: None) is None


def test_many_models_are_bounded() -> None:
    """The first goes."""
    lines, counts = PriceLines(), dict.fromkeys(UNITS, 0)
    for number in range(2_000):
        lines.cost(number, counts, flat)
    assert len(lines._lines) == 512


def test_every_model_of_the_real_table_costs_the_same() -> None:
    """To the last digit, whatever its prices depend on."""
    prices = pytest.importorskip("genai_prices")
    from genai_prices.data import providers

    when = datetime(2026, 9, 1, 12, 30, tzinfo=timezone.utc)
    draw, lines, compared = random.Random(3), PriceLines(), 0
    models = [(provider.id, model.id) for provider in providers for model in provider.models]
    for provider_id, model_id in draw.sample(models, min(150, len(models))):

        def table(
            counts: Counts, provider: str = provider_id, model: str = model_id
        ) -> float | None:
            try:
                said = prices.Usage(**counts)
                found = prices.calc_price(
                    said, model, provider_id=provider, genai_request_timestamp=when
                )
            except (LookupError, ValueError):
                return None
            return float(found.total_price)

        for _ in range(30):
            counts = usage(draw, draw.choice((2_000, 400_000)))
            assert lines.cost((provider_id, model_id), counts, table) == table(counts)
            compared += 1
    assert compared > 1_000
