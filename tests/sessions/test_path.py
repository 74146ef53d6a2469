"""A path has a leading slash, no empty and no trailing segment, and bounds."""

from __future__ import annotations

import pytest

from otel_helisession.sessions import path
from otel_helisession.sessions.path import clean_path, clean_segment, join


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("", "/"),
        ("/", "/"),
        ("///", "/"),
        ("trip", "/trip"),
        ("/trip/", "/trip"),
        ("//trip///research//", "/trip/research"),
        ("/trip/../etc/./passwd", "/trip/etc/passwd"),
        ("..", "/"),
        ("/trip / research ", "/trip/research"),
        ("/tri\r\np/\x00", "/trip"),
        ("/Zürich/🧭", "/Zürich/🧭"),
        ("\\trip\\research", "/trip_research"),
    ],
)
def test_any_text_becomes_a_path(given: str, cleaned: str) -> None:
    """Dots are no navigation, empty segments go, and cleaning twice changes nothing."""
    assert clean_path(given) == cleaned
    assert clean_path(cleaned) == cleaned


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("research", "research"),
        ("openai/gpt-4o", "openai_gpt-4o"),
        ("a / b", "a_b"),
        ("/search/", "search"),
        ("..", ""),
        ("\r\n", ""),
        ("two words", "two words"),
    ],
)
def test_a_name_becomes_one_segment(name: str, segment: str) -> None:
    """A slash within a name is replaced, because it would be two segments."""
    assert clean_segment(name) == segment


def test_a_segment_is_bounded() -> None:
    """A segment is read as a row of a tree: 64 characters."""
    assert clean_segment("s" * 10_000) == "s" * 64
    assert clean_segment("s" * 63 + " tail") == "s" * 63


def test_joining_extends_by_one_segment() -> None:
    """The root and any folder are extended alike; nothing extends by nothing."""
    assert join("/", "trip") == "/trip"
    assert join("/trip", "research") == "/trip/research"
    assert join("/trip", "//") == "/trip"


def test_depth_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    """Work below 32 levels hangs in the deepest folder, said once."""
    deep = clean_path("/depth" * 40)
    assert deep == "/depth" * path.MAX_DEPTH
    assert join(deep, "more") == deep
    assert len(caplog.messages) == 1


def test_length_is_bounded() -> None:
    """A path has at most 500 characters, whole segments all of them."""
    long = clean_path(("/" + "s" * 64) * 20)
    assert long == ("/" + "s" * 64) * 7
    assert len(clean_path("/x" * 10_000)) <= path.MAX_PATH_CHARS
