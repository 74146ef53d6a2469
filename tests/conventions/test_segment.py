"""Names without ids, dates and counters, and with everything else."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otel_helisession.conventions.segment import stable

MEANINGFUL = [
    *("step2vec", "web3", "s3_upload", "h264", "oauth2", "gpt-4", "support gpt-4", "k8s", "x86"),
    *("base64_encode", "sha256 of file", "utf8", "neo4j", "3d_model", "b2b sales", "mp3tomp4"),
    *("Travel agent", "search_hotels", "planner v2", "gpt-4.1-mini", "Facade", "deadbeef", "4chan"),
    *("call_oauth2", "run_s3upload", "Word2VecModel", "user_base64encoder", "résumé", "天気"),
    *("plan: book", "a.b.c", "top 10 hotels", "401k", "i18n", "log4j", "call_weather_api"),
]


@pytest.mark.parametrize("name", MEANINGFUL)
def test_a_name_stays(name: str) -> None:
    """Digits that belong to a word say what it does."""
    assert stable(name) == name


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("task-17", "task"),
        ("Task 3 of 10", "Task"),
        ("Task 3/10", "Task"),
        ("retry (2/3)", "retry"),
        ("run_9f8e7d6c", "run"),
        ("2026-01-01", ""),
        ("report 2026-01-01T10:20:30.5Z", "report"),
        ("report 2026/1/1 for Kyoto", "report for Kyoto"),
        ("digest 12:30", "digest"),
        ("20260101T120000Z", ""),
        ("call_abc123XYZ", "call"),
        ("toolu_01A09q90qw90lq917835lq9", "toolu"),
        ("chunk 12", "chunk"),
        ("chunk12", "chunk"),
        ("step 3: book a hotel", "step: book a hotel"),
        ("step_1_plan", "step_plan"),
        ("map[12]", "map"),
        ("hotel #7 of Lisbon", "hotel of Lisbon"),
        ("plan 01ARZ3NDEKTSV4RRFFQ69G5FAV", "plan"),
        ("cjld2cjxh0000qzrmn831i7rn", ""),
        ("V1StGXR8_Z5jdHi6B", ""),
        ("<Foo object at 0x7f3a1c2b4d50>", "Foo"),
        ("<trip.Planner object at 0x7f3a1c2b4d50>", "trip.Planner"),
        ("<function look_up at 0x10f>", "look_up"),
        ("RunnableLambda at 0x10f", "RunnableLambda"),
        ("agent 0c2f1e7e-8f0c-4b52-9f0e-2f6f0a6b9d11 x", "agent x"),
        ("ab 3 4 5", "ab"),
        ("#12", ""),
        ("", ""),
    ],
)
def test_what_changes_a_run_goes(name: str, left: str) -> None:
    """The rest is the same in every run."""
    assert stable(name) == left


COUNTS = st.integers(0, 10**9)
CHANGING = st.one_of(
    st.uuids().map(str),
    st.uuids().map(lambda one: one.hex),
    st.datetimes(datetime(1970, 1, 1)).map(datetime.isoformat),
    st.dates(date(1970, 1, 1)).map(str),
    COUNTS.map(str),
    COUNTS.map(lambda number: f"#{number}"),
    st.tuples(COUNTS, COUNTS).map(lambda pair: f"{pair[0]} of {pair[1]}"),
)
NAMES = st.sampled_from(["task", "Trip planner", "search_hotels", "résumé", "oauth2", "book it"])


@given(NAMES, st.sampled_from(["-", "_", " ", ": ", " - "]), CHANGING)
def test_what_is_appended_does_not_multiply_paths(name: str, between: str, more: str) -> None:
    """Whatever the id, there is one segment."""
    assert stable(f"{name}{between}{more}") == name


@settings(max_examples=400)
@given(st.text(max_size=300))
def test_a_stable_name_is_stable(name: str) -> None:
    """A second look finds nothing more, and any text has an answer that is no longer."""
    found = stable(name)
    assert stable(found) == found
    assert len(found) <= len(name)


@given(st.text("ABCDEFGHJKMNPQRSTVWXYZ0123456789", min_size=25, max_size=25))
def test_ulids_are_one_segment(more: str) -> None:
    """Also one that has hardly a digit."""
    assert stable(f"plan 0{more}") == "plan"
