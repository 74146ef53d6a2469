"""Values of users as JSON text: valid, bounded, and never an exception."""

import dataclasses
import enum
import json
import math
from collections import OrderedDict, UserDict
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import numpy
import pydantic
import pytest

from otel_helisession.conventions.attributes.json_text import (
    MAX_VALUE_CHARS,
    attribute,
    cut,
    json_text,
)


class _Model(pydantic.BaseModel):
    a: int = 1


@dataclasses.dataclass
class _Data:
    a: int = 1


class _Colour(str, enum.Enum):
    RED = "red"


class _Failing:
    def __str__(self) -> str:
        raise RuntimeError("no text")


class _FailingMapping(UserDict[str, str]):
    def __len__(self) -> int:
        raise RuntimeError("no length")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ({"a": [1, "b", None, True]}, {"a": [1, "b", None, True]}),
        ((1, 2), [1, 2]),
        ({3}, [3]),
        (frozenset(), []),
        ([math.nan, math.inf, 1.5], [None, None, 1.5]),
        ({1: "a", None: "b", (1, 2): "c"}, {"1": "a", "None": "b", "(1, 2)": "c"}),
        (OrderedDict(a=1), {"a": 1}),
        (b"\x00\xff", "AP8="),
        (bytearray(b"a"), "YQ=="),
        (_Model(), {"a": 1}),
        ([_Data()], [{"a": 1}]),
        (_Colour.RED, "red"),
        (date(2026, 1, 2), "2026-01-02"),
        (Decimal("1.50"), "1.50"),
        (PurePosixPath("/a"), "/a"),
        ([numpy.float32(0.5), numpy.int64(3), numpy.bool_(True)], [0.5, 3, True]),
        (numpy.arange(3), [0, 1, 2]),
        (10**30, 10**30),
        ("\ud800 half", "? half"),
        ([_Failing()], ["<_Failing: RuntimeError>"]),
        (_FailingMapping(), "<_FailingMapping: RuntimeError>"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_json_has_no_word_for_is_written_as_near_as_possible(value: Any, plain: Any) -> None:
    """Models, sets, bytes, NaN, numpy, objects that fail: always JSON that says something."""
    assert json.loads(json_text(value)) == plain


def test_a_cycle_ends_in_a_note() -> None:
    """And the same value twice, side by side, is no cycle."""
    loop: list[Any] = [1]
    loop.append(loop)
    shared = {"a": 1}
    assert json.loads(json_text(loop)) == [1, "… a cycle"]
    assert json.loads(json_text([shared, shared])) == [shared, shared]


def test_depth_ends_in_a_note() -> None:
    """A thousand levels neither fail nor are written."""
    deep: list[Any] = []
    for _ in range(1_000):
        deep = [deep]
    assert json_text(deep) == "[" * 32 + '"… too deep"' + "]" * 32


@pytest.mark.parametrize(
    "value",
    [
        "x" * 1_000_000,
        '"\\\n\x01' * 300_000,
        ["abc"] * 1_000_000,
        [[["é" * 70] * 70] * 70] * 70,
        {str(number): number for number in range(100_000)},
        b"\xff" * 1_000_000,
        numpy.zeros(1_000_000),
        {"a": "x" * 60_000, "b": "y" * 60_000, "c": [1, 2, 3]},
        [math.pi] * 100_000,
    ],
    ids=["text", "escapes", "list", "nested", "object", "bytes", "array", "two texts", "numbers"],
)
@pytest.mark.parametrize("limit", [200, 5_000, MAX_VALUE_CHARS])
def test_a_large_value_is_cut_and_stays_json(value: Any, limit: int) -> None:
    """Never longer than the limit, always valid, most of the room used."""
    text = json_text(value, max_value_chars=limit)
    json.loads(text)
    assert len(text) <= limit


def test_a_cut_says_how_much() -> None:
    """Items, entries and characters are counted, where they were cut."""
    assert json.loads(json_text(["x" * 50] * 1_000))[-1:] == ["x" * 50]
    assert json.loads(json_text(["x" * 999] * 100))[-1] == "… 33 more items were cut"
    assert json.loads(json_text({str(n): "x" * 999 for n in range(100)}))["…"] == (
        "35 more entries were cut"
    )
    assert cut("x" * 70_000).endswith("x… 4512 more characters were cut")
    assert len(cut("x" * 70_000)) <= MAX_VALUE_CHARS


def test_scalars_stay_attributes_of_their_type() -> None:
    """Numbers and booleans are not made text, but a number that OTLP cannot carry is."""
    values = [None, True, 3, 2.5, "a", math.nan, 2**63, [1]]
    assert [attribute(value) for value in values] == [
        None,
        True,
        3,
        2.5,
        "a",
        None,
        "9223372036854775808",
        "[1]",
    ]
