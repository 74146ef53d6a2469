"""Helicone's headers announce a session, and are read back."""

from __future__ import annotations

import pytest

from otel_helisession.sessions.headers import MAX_HEADER_BYTES
from otel_helisession.sessions.value import Session


def test_headers_announce_every_field() -> None:
    """Id, path and name first, in a fixed order; user and properties when given."""
    session = Session(
        "Trip 🧭", id="t-1", path="/trip/Zürich", user_id="u-7", properties={"tier": "100%25"}
    )
    assert list(session.headers.items()) == [
        ("Helicone-Session-Id", "t-1"),
        ("Helicone-Session-Path", "/trip/Z%C3%BCrich"),
        ("Helicone-Session-Name", "Trip %F0%9F%A7%AD"),
        ("Helicone-User-Id", "u-7"),
        ("Helicone-Property-tier", "100%2525"),
    ]


def test_absent_fields_have_no_headers() -> None:
    """A nameless session announces its id and path."""
    assert Session(id="t-1").headers == {
        "Helicone-Session-Id": "t-1",
        "Helicone-Session-Path": "/",
    }


def test_headers_read_back_as_the_session() -> None:
    """Reading is the inverse of writing, in whatever case the names arrive."""
    session = Session(
        "Trip 🧭", id="t-1", path="/a/b", user_id="ü", properties={"tier": "pro", "n": "1"}
    )
    for change in (str.lower, str.upper, str):
        received = {change(name): value for name, value in session.headers.items()}
        assert Session.from_headers(received) == session


def test_headers_without_an_id_are_no_session() -> None:
    """A path or a name alone announces nothing."""
    assert Session.from_headers({}) is None
    assert Session.from_headers({"Helicone-Session-Path": "/a"}) is None
    assert Session.from_headers({"Helicone-Session-Id": " "}) is None
    assert Session.from_headers({"Helicone-Session-Id": "%0D%0A"}) is None


def test_hostile_headers_are_cleaned() -> None:
    """What arrives is text from data like any other."""
    read = Session.from_headers(
        {
            "helicone-session-id": "a%0d%0ab",
            "helicone-session-path": "..//x/%2e%2e/%00y",
            "helicone-session-name": "n" * 10_000,
            "helicone-property-": "nameless",
        }
    )
    assert read == Session("n" * 200, id="ab", path="/x/y")


def test_headers_never_make_a_request_too_long() -> None:
    """Properties that would break the user's request are left out; the session stays."""
    session = Session(
        "n" * 500,
        id="🧭" * 500,
        path="/é" * 100,
        user_id="ü" * 500,
        properties={f"p{number}": "é" * 500 for number in range(32)},
    )
    size = sum(len(name) + len(value) for name, value in session.headers.items())
    assert size <= MAX_HEADER_BYTES
    assert {"Helicone-Session-Id", "Helicone-Property-p0"} <= set(session.headers)
    assert "Helicone-Property-p31" not in session.headers


@pytest.mark.parametrize("part", ["/🧭🧭🧭🧭🧭🧭🧭🧭", "/é", "/%25", "/a"])
def test_a_long_path_is_the_same_in_its_header(part: str) -> None:
    """The longest path of any letters reads back from its header as the path on the span."""
    session = Session(id="t-1", path=part * 400)
    read = Session.from_headers(session.headers)
    assert read is not None
    assert read.path == session.path
