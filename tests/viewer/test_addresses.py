"""Addresses: the start of an id, an id that is wrong, and what is no address at all."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest

from tests.recorded import Recorder, store
from tests.viewer.conftest import caught_up


@pytest.fixture
def twins() -> None:
    """Two sessions whose ids begin alike, and one that does not."""
    recorder = Recorder()
    for name in ("ab-1", "ab-2", "Cd/é"):
        recorder.llm(session=name)
    store(recorder.take())
    caught_up()


@pytest.mark.usefixtures("twins")
@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("/sessions/cd?view=spans", "/sessions/Cd%2F%C3%A9?view=spans"),
        ("/sessions/ab-1", None),
        ("/sessions/ab", None),
        ("/sessions/nobody", None),
        ("/sessions/%25", None),
        ("/api/sessions/cd", "/api/sessions/Cd%2F%C3%A9"),
        ("/api/sessions/cd/paths", "/api/sessions/Cd%2F%C3%A9/paths"),
        ("/api/sessions/cd/export?format=otlp", "/api/sessions/Cd%2F%C3%A9/export?format=otlp"),
    ],
)
def test_the_start_of_an_id_leads_to_the_whole(
    viewer: httpx.Client, given: str, place: str | None
) -> None:
    """As on the command line; what several sessions begin with leads nowhere."""
    answer = viewer.get(given)
    expected = 200 if place is None else 307
    assert (answer.status_code, answer.headers.get("location")) == (expected, place)
    if place is not None:
        assert viewer.get(given, follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/blah", "text/html,*/*", "text/html; charset=utf-8"),
        ("/blah", "application/json", "application/json"),
        ("/api/blah", "text/html,*/*", "application/json"),
    ],
)
def test_a_wrong_address_is_said_as_a_page_to_a_browser(
    viewer: httpx.Client, path: str, accept: str, kind: str
) -> None:
    """And as JSON to a program, and everywhere below /api."""
    answer = viewer.get(path, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (404, kind)


@pytest.mark.usefixtures("twins")
def test_a_wrong_id_is_answered_with_near_ones(viewer: httpx.Client) -> None:
    """A link with a typing error, or one that several sessions begin with."""
    for wrong, near in (("ab-3", ["ab-2", "ab-1"]), ("ab", ["ab-1", "ab-2"])):
        answer = viewer.get(f"/api/sessions/{wrong}")
        assert (answer.status_code, sorted(answer.json()["near"])) == (404, sorted(near))
    assert "there is no session 'ab' in" in viewer.get("/api/sessions/ab").json()["error"]
    assert "near" not in viewer.get("/api/sessions/zzz").json()
    assert viewer.get(f"/api/sessions/{'z' * 60_000}").status_code == 404


@pytest.mark.parametrize("name", ["a/export", "a/paths", "a/spans/b/c", "export"])
def test_an_id_may_end_like_an_address(viewer: httpx.Client, name: str) -> None:
    """Its slashes are sent as %2F; what is below it is found there all the same."""
    recorder = Recorder()
    for one in ("a", name):
        recorder.llm(session=one)
    store(recorder.take())
    there = f"/api/sessions/{quote(name, safe='')}"
    assert viewer.get(there).json()["session"]["id"] == name
    assert viewer.get(f"{there}/export").json()["session"]["id"] == name
    assert viewer.get("/api/sessions/a/export").json()["session"]["id"] == "a"
    assert len(viewer.get(f"{there}/paths").json()["paths"]) > 0
