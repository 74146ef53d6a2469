"""Text from users' data is cleaned and encoded, never refused."""

from __future__ import annotations

import random

import pytest

from otel_helisession.sessions import text
from otel_helisession.sessions.text import clean, clean_id, clean_name, clean_property_name

HOSTILE = {
    "empty": "",
    "blank": " \t ",
    "emoji": "trip 🧭 planner",
    "umlaut": "Zürich",
    "percent": "100%",
    "percent before hex": "100%25 sure",
    "percent before an umlaut": "%ü",
    "escape cut by a control": "%2\x005",
    "crlf": "a\r\nHelicone-Auth: stolen",
    "nul": "a\x00b",
    "c1 and separators": "a\x85\u2028\u2029b",
    "lone surrogate": "a\ud800b",
    "outer blanks": "\u00a0 a \u00a0",
    "right to left": "\u202eabc",
}


@pytest.mark.parametrize("given", HOSTILE.values(), ids=HOSTILE.keys())
def test_decoding_undoes_encoding(given: str) -> None:
    """What was encoded reads back as the cleaned text."""
    assert text.decode(text.encode(given)) == clean(given)


@pytest.mark.parametrize("given", HOSTILE.values(), ids=HOSTILE.keys())
def test_encoded_text_is_printable_ascii(given: str) -> None:
    """No encoded value can end a header or surprise an HTTP library."""
    encoded = text.encode(given)
    assert encoded.isascii()
    assert encoded.isprintable()
    assert encoded == encoded.strip()


def test_random_text_survives_encoding() -> None:
    """The round trip holds for any text, whatever its code points."""
    draw = random.Random(2)
    alphabet = "%%25aF /\\é🧭\r\n\x00\ud800\u2028\u00a0" + chr(0x10FFFF)
    for _ in range(3_000):
        given = "".join(draw.choices(alphabet, k=draw.randrange(12)))
        assert text.decode(text.encode(given)) == clean(given) == clean(clean(given)), ascii(given)


@pytest.mark.parametrize(
    ("given", "encoded"),
    [
        ("Trip planner", "Trip planner"),
        ("Zürich", "Z%C3%BCrich"),
        ("100%", "100%"),
        ("100%25", "100%2525"),
        ("a\r\nb\x00c", "abc"),
        ("🧭", "%F0%9F%A7%AD"),
    ],
)
def test_encoding_changes_only_what_headers_cannot_carry(given: str, encoded: str) -> None:
    """Printable ASCII stays; controls go; the rest, and a % before hex digits, is escaped."""
    assert text.encode(given) == encoded


@pytest.mark.parametrize("part", ["a", "🧭", "%25", "é"])
def test_encoding_is_bounded_and_never_splits_an_escape(part: str) -> None:
    """10,000 characters become at most 1,000, and what is left is a start of the text."""
    encoded = text.encode(part * 10_000)
    assert text.MAX_ENCODED_CHARS - 12 < len(encoded) <= text.MAX_ENCODED_CHARS
    assert (part * 10_000).startswith(text.decode(encoded))


def test_malformed_escapes_are_text() -> None:
    """A value that we did not encode reads as well as it can."""
    assert text.decode("50% of %zz") == "50% of %zz"
    assert text.decode("%FF") == "\ufffd"
    assert text.decode("%0d%0aX: y") == "X: y"


def test_long_names_are_cut() -> None:
    """A name keeps its first 200 characters."""
    assert clean_name("n" * 10_000) == "n" * 200
    assert clean_name("n" * 199 + " " + "m" * 10) == "n" * 199


@pytest.mark.parametrize("part", ["a", "🧭", "é"])
def test_long_ids_stay_different(part: str) -> None:
    """Two long ids that differ at their ends are not one session, and both fit a header."""
    first, second = clean_id(part * 10_000 + "1"), clean_id(part * 10_000 + "2")
    assert first != second
    assert clean_id(part * 10_000 + "1") == first
    assert len(first) <= text.MAX_ID_CHARS
    assert text.decode(text.encode(first)) == first


def test_an_id_that_fits_stays_as_it_is() -> None:
    """200 characters of ASCII are an id like any other."""
    assert clean_id("a" * 200) == "a" * 200


def test_what_is_changed_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A user's data cannot fill the log."""
    for number in range(5):
        clean_name("n" * 201 + str(number))
    assert len(caplog.messages) == 1


@pytest.mark.parametrize(
    ("given", "name"),
    [("tier", "tier"), ("my tier: a", "my-tier-a"), ("é", ""), ("a\r\nb", "a-b"), ("", "")],
)
def test_property_names_are_header_names(given: str, name: str) -> None:
    """Other characters become one dash; nothing may be left."""
    assert clean_property_name(given) == name
