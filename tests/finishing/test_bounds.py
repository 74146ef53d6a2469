"""A value that is too long is cut: JSON stays JSON, and says what it has lost."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otel_helisession.conventions.attributes.shortening import shortened_text
from otel_helisession.finishing import MAX_VALUE_CHARS, Cleaning, finish
from tests.finishing.spans import ended


def bounded(value: Any, **bounds: Any) -> Any:
    found = finish(ended({"a": value}), None, (), Cleaning(**bounds)).attributes
    assert found is not None
    return found["a"]


def message(text: str) -> dict[str, Any]:
    return {"role": "user", "parts": [{"type": "text", "content": text}]}


def test_the_longest_text_of_a_conversation_is_cut_and_no_other() -> None:
    """The document that somebody pasted; every message stays, the last one whole."""
    talk = [message("Be brief."), message("word " * 1_000), message("What does it say?")]
    cut = bounded(json.dumps(talk), max_value_chars=2_000)
    found = json.loads(cut)
    assert 1_900 < len(cut) <= 2_000
    assert [found[0], found[2]] == [talk[0], talk[2]]
    kept, count = re.fullmatch(
        r"((?:word )+(?:w|wo|wor|word)?)… (\d+) more characters were cut",
        found[1]["parts"][0]["content"],
    ).groups()  # type: ignore[union-attr]
    assert len(kept) + int(count) == 5_000


def test_several_long_texts_are_cut_to_one_length() -> None:
    """None of them loses all so that another may stay."""
    talk = [message("a" * 4_000), message("b" * 3_000), message("c" * 100)]
    found = json.loads(bounded(json.dumps(talk), max_value_chars=2_000))
    lengths = [len(one["parts"][0]["content"]) for one in found]
    assert lengths[0] == lengths[1] > 700
    assert lengths[2] == 100


def test_many_small_items_lose_the_last() -> None:
    """A vector, or a long list of matches, with a note in its own shape."""
    found = json.loads(bounded(json.dumps([0.125] * 50_000), max_value_chars=10_000))
    assert found[:2] == [0.125, 0.125]
    assert found[-1] == f"… {50_000 - len(found) + 1} more items were cut"
    matches = json.loads(
        bounded(json.dumps([{"id": n} for n in range(9_999)]), max_value_chars=9_000)
    )
    assert matches[-1]["content"] == f"… {9_999 - len(matches) + 1} more items were cut"


def test_text_that_is_no_json_loses_its_end() -> None:
    """Also JSON that was cut before it came here."""
    assert bounded("x" * 5_000, max_value_chars=1_000) == (
        "x" * 952 + "… 4048 more characters were cut"
    )
    torn = json.dumps([message("x" * 5_000)])[:-10]
    assert bounded(torn, max_value_chars=1_000).endswith(" more characters were cut")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_absurdly_deep_json_is_text(opening: str) -> None:
    """It is cut like any other, and nothing recurses."""
    assert len(bounded(opening * 50_000, max_value_chars=1_000)) <= 1_000
    deep = "[" * 5_000 + "]" * 5_000
    assert len(bounded(deep, max_value_chars=1_000)) <= 1_000


def test_the_default_lets_the_largest_prompts_pass() -> None:
    """A text of exactly the bound stays, and without a bound any."""
    assert bounded("x y " * (MAX_VALUE_CHARS // 4)) == "x y " * (MAX_VALUE_CHARS // 4)
    assert len(bounded("x y " * MAX_VALUE_CHARS)) <= MAX_VALUE_CHARS
    assert len(bounded("x y " * MAX_VALUE_CHARS, max_value_chars=None)) == 4 * MAX_VALUE_CHARS


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=400),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=60), inner),
    max_leaves=60,
)


@settings(max_examples=60, deadline=None)
@given(value=st.lists(JSON, min_size=1), ascii=st.booleans())
def test_cut_json_is_json_within_the_bound(value: list[Any], ascii: bool) -> None:
    """Whatever it was."""
    text = json.dumps(value * 8, ensure_ascii=ascii)
    if len(text) > 1_000:
        cut = shortened_text(text, 1_000)
        assert len(cut) <= 1_000
        json.loads(cut)
