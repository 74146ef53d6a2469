"""A span that is sent again with other values: list, names, page and search tell the newest."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
import pytest

from otel_helisession.viewer import answers
from tests.recorded import Recorder, store
from tests.store.test_sent_again import again
from tests.viewer.conftest import caught_up, until


@pytest.fixture
def corrected(viewer: httpx.Client) -> httpx.Client:
    """A viewer that has told of a call, which then is sent again otherwise."""
    recorder = Recorder()
    recorder.llm(session="s", times=(0, 400), note="alpha")
    [span] = recorder.take()
    store([span])
    caught_up()
    until(lambda: _told(viewer)["tokens"] == [15, 15, 15], 20)
    other: dict[str, Any] = {"gen_ai__usage__input_tokens": 95, "gen_ai__request__model": "gpt-5"}
    store([again(span, name="ask", end=100, helicone__session__name="Ride", **other)])
    caught_up()
    return viewer


def _told(viewer: httpx.Client) -> dict[str, Any]:
    [listed] = viewer.get("/api/sessions").json()["sessions"]
    [name] = viewer.get("/api/names").json()["names"]
    page = viewer.get("/api/sessions/s").json()["session"]
    return {
        "names": [listed["name"], name["name"], page["name"]],
        "tokens": [listed["tokens"]["total"], name["tokens"]["p50"], page["tokens"]["total"]],
        "duration": [listed["duration_ms"], name["duration_ms"]["p50"], page["duration_ms"]],
        "models": [listed["models"], page["models"]],
    }


def _found(viewer: httpx.Client, text: str) -> int:
    return int(viewer.get("/api/sessions", params={"q": text}).json()["total"])


def test_list_names_and_page_agree_on_the_newest(corrected: httpx.Client) -> None:
    """Name, tokens, model, and a duration that has become shorter; half a second later at most."""
    expected = {
        "names": ["Ride"] * 3,
        "tokens": [100] * 3,
        "duration": [100.0] * 3,
        "models": [["gpt-5"]] * 2,
    }
    with suppress(AssertionError):
        until(lambda: _told(corrected) == expected, 20)
    assert _told(corrected) == expected


def test_the_new_words_are_found_and_the_old_are_not(corrected: httpx.Client) -> None:
    """Also words that only columns have: a span's name, its model."""
    words = ("ask", "gpt-5-mini", "chat", "alpha", "Ride", "Trip")
    assert [_found(corrected, word) for word in words] == [1, 0, 1, 1, 1, 0]


def test_a_page_can_tell_that_something_came(viewer: httpx.Client) -> None:
    """Its totals may be what they were, and its messages others."""
    recorder = Recorder()
    recorder.llm(session="s", note="alpha")
    [span] = recorder.take()
    store([span])

    def stored() -> int:
        return int(viewer.get("/api/sessions/s").json()["session"]["stored_unix_nano"])

    before = stored()
    store([again(span, note="beta")])
    until(lambda: stored() > before, 20)


def test_the_answer_about_names_is_made_once_a_change(
    corrected: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list's filter and the page of names ask for it again and again."""
    asked: list[int] = []
    make = answers.names
    monkeypatch.setattr(answers, "names", lambda reader: asked.append(1) or make(reader))
    told = [corrected.get("/api/names").json()["version"] for _ in range(3)]
    assert len(asked) <= len(set(told))
    recorder = Recorder()
    recorder.llm(session="other", helicone__session__name="Other")
    store(recorder.take())
    until(lambda: corrected.get("/api/names").json()["total"] == 2, 20)
