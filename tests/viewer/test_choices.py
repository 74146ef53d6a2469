"""What the list can be filtered by: the names, users and models that sessions have."""

from __future__ import annotations

import httpx

from otel_helisession.store.choices import MOST_CHOICES, choices
from tests.recorded import Recorder, store
from tests.viewer.conftest import caught_up


def test_what_most_sessions_have_comes_first(viewer: httpx.Client) -> None:
    """Each value once, what sessions do not have left out, spans without a model, too."""
    recorder = Recorder()
    for session, model, user in (("a", "gpt-5", "ann"), ("b", "café", "bob"), ("c", "café", "bob")):
        recorder.llm(model, session=session, times=(0, 10), user__id=user)
        recorder.llm("third", session=session, times=(20, 30))
    recorder.span("work", session="d", times=(0, 10), helicone__session__name="")
    store(recorder.take())
    caught_up()
    said = viewer.get("/api/choices").json()
    assert list(said) == ["version", "names", "users", "models"]
    assert (said["names"], said["users"]) == (["Trip"], ["bob", "ann"])
    assert said["models"] == ["third", "café", "gpt-5"]


def test_an_empty_store_offers_nothing(viewer: httpx.Client) -> None:
    """Which is no error."""
    said = viewer.get("/api/choices").json()
    assert {**said, "version": 0} == {"version": 0, "names": [], "users": [], "models": []}


def test_there_are_at_most_200_and_none_is_long() -> None:
    """However many there are: the form is to choose from, and takes what is typed."""
    rows = [(f"name-{number}", "u" * 201, '["m"]') for number in range(1_000)]
    found = choices([*rows, ("", "x" * 200, "[]"), ("name-7", None, "[]")])
    assert MOST_CHOICES == len(found.names) == 200
    assert found.names[:2] == ("name-7", "name-0")
    assert (found.users, found.models) == (("x" * 200,), ("m",))
