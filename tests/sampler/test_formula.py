"""Which sessions are kept: the formula, against an independent computation and by properties."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_helisession.sessions.bucket import (
    bucket,
    bucket_of,
    keeps,
    randomness,
    threshold,
)
from tests.documentation import DOCS

ALL = 1 << 56
NUMBERS = st.integers(0, ALL - 1)
RATIOS = st.floats(0, 1)

VECTORS = [
    ("", 0xE3B0C44298FC1C, 11),
    ("a", 0xCA978112CA1BBD, 20),
    ("0", 0x5FECEB66FFC86F, 62),
    ("conversation-17", 0x5FA0C6164DD21F, 62),
    ("83252523-5497-4880-a82c-7c6cde7b0e7a", 0xE79C9691BE411B, 9),
    ("Gespräch 17 · 会話", 0x2E25780AA66844, 81),
    ("x" * 100_000, 0xD69E6898815783, 16),
]


@pytest.mark.parametrize(("session_id", "number", "number_bucket"), VECTORS)
def test_the_vectors(session_id: str, number: int, number_bucket: int) -> None:
    """R and bucket of these ids are the same for ever, in every language."""
    assert (randomness(session_id), bucket(session_id)) == (number, number_bucket)


def test_the_vectors_are_in_the_docs() -> None:
    """Whoever writes it again in another language finds them there."""
    page = (DOCS / "sampling.md").read_text("utf-8")
    shown = [vector for vector in VECTORS if len(vector[0]) < 100]
    missing = [one for one in shown if f"| `{one[0]}` | `{one[1]:014x}` | {one[2]} |" not in page]
    assert missing == [("", *VECTORS[0][1:])]  # an empty id is shown as a word
    assert f"| *empty* | `{VECTORS[0][1]:014x}` | {VECTORS[0][2]} |" in page


@given(st.text())
def test_r_is_the_start_of_sha_256(session_id: str) -> None:
    """The first 14 of its 64 hexadecimal digits."""
    try:
        digest = hashlib.sha256(session_id.encode("utf-8")).hexdigest()
    except UnicodeEncodeError:  # half a surrogate pair, which a session's id never has
        assert 0 <= randomness(session_id) < ALL
        return
    assert f"{randomness(session_id):064b}"[-56:] == f"{int(digest, 16):0256b}"[:56]


@given(st.text(), RATIOS)
def test_a_session_is_kept_when_r_reaches_the_threshold(session_id: str, ratio: float) -> None:
    """R >= (1 - ratio) * 2**56, in exact arithmetic, the ratio taken as it is written."""
    exact = (1 - Fraction(repr(ratio))) * ALL
    assert keeps(session_id, ratio) is (randomness(session_id) >= exact)


@given(NUMBERS, st.integers(0, 100))
def test_a_ratio_of_n_percent_is_the_buckets_below_n(number: int, percent: int) -> None:
    """What a Collector's numeric filter on the bucket keeps, and we, is the same."""
    assert (number >= threshold(percent / 100)) is (bucket_of(number) < percent)


@given(st.integers(0, 100), st.integers(-3, 3))
def test_that_holds_at_the_edges(percent: int, offset: int) -> None:
    """Also for the numbers right beside the threshold, where floats would be one off."""
    number = threshold(percent / 100) + offset
    if 0 <= number < ALL:
        assert (number >= threshold(percent / 100)) is (bucket_of(number) < percent)
        assert (offset >= 0) is (bucket_of(number) < percent)


@given(NUMBERS, RATIOS, RATIOS)
def test_a_smaller_ratio_keeps_a_part_of_a_larger_one(number: int, one: float, two: float) -> None:
    """So samplers after one another agree, whatever their order."""
    small, large = sorted((one, two))
    assert number < threshold(small) or number >= threshold(large)


def test_none_and_all() -> None:
    """0 keeps no session, 1 keeps each; the buckets are 0 to 99."""
    assert (threshold(0), threshold(1)) == (ALL, 0)
    assert (bucket_of(0), bucket_of(ALL - 1)) == (99, 0)


def test_the_part_that_is_kept_is_the_ratio() -> None:
    """Of 20,000 ids, within four standard deviations."""
    kept = sum(keeps(f"session-{number}", 0.1) for number in range(20_000))
    assert abs(kept - 2_000) < 4 * (20_000 * 0.1 * 0.9) ** 0.5


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan"), float("inf"), 10])
def test_a_ratio_is_between_0_and_1(wrong: float) -> None:
    """Anything else says what is accepted."""
    with pytest.raises(ValueError, match="must be from 0"):
        threshold(wrong)


@pytest.mark.parametrize("wrong", ["0.1", None, True])
def test_a_ratio_is_a_number(wrong: Any) -> None:
    """Text and bools are mistakes."""
    with pytest.raises(TypeError, match="must be a number"):
        threshold(wrong)
