"""The demo's agent, in this process: what it does, seen from inside."""

from collections import Counter

import pytest

from otel_helisession.conventions.reader import read
from otel_helisession.demo import run as demonstration
from otel_helisession.demo.trip import trips
from tests.collecting import CollectedSpans


def test_everything_it_needs_is_installed_here() -> None:
    """Otherwise these tests would pass on nothing."""
    assert demonstration.missing() is None


def test_trips_end_in_the_one_that_fails_and_chats_have_new_ids() -> None:
    """The last is drawn, so the last is the interesting one."""
    for count in (1, 2, 3, 7):
        planned = trips(count)
        assert len(planned) == count
        assert planned[-1].flights_fail == 1
        assert len({trip.user_id for trip in planned}) == count
    assert trips(2)[0].conversation != trips(2)[0].conversation


def test_each_trip_is_one_session_with_all_of_its_work(
    spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parallel branches, a thread of a pool, streams: nothing is lost, nothing is mixed."""
    monkeypatch.setattr(demonstration, "TOKENS_PER_SECOND", None)
    done = demonstration.run(trips(2))
    said = Counter(
        (span.attributes["session.id"], span.attributes["user.id"])
        for span in spans()
        if "session.id" in span.attributes
    )
    chat, single = (planned.session for planned in done)
    assert said == {(chat.id, "user-01"): 13, (single.id, "user-02"): 14}
    assert (chat.id_given, single.id_given) == (True, False)
    assert [planned.answer[:23] for planned in done] == [
        "Your trip to Reykjavík ",
        "Your trip to Lisbon is ",
    ]


def test_the_official_instrumentations_describe_the_llm_calls(
    spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once each, with usage and messages; afterwards they are off again."""
    monkeypatch.setattr(demonstration, "TOKENS_PER_SECOND", None)
    demonstration.run(trips(1))
    calls = [span for span in spans() if read(span).kind == "llm"]
    assert [span.instrumentation_scope.name.rpartition(".")[2] for span in calls] == [
        "openai",
        "openai",
        "openai",
        "openai",
        "anthropic",
        "openai",
    ]
    operations = [read(span) for span in calls]
    assert all(operation.usage.input_tokens for operation in operations)
    chats = [operation for operation in operations if operation.name == "chat"]
    assert all(chat.conversation.input and chat.conversation.output for chat in chats)
    assert [chat.streaming for chat in chats] == [None, None, None, True]
