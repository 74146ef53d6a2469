"""A Session is a frozen value that cleans its text and refuses wrong types."""

from __future__ import annotations

import copy
import dataclasses
import enum
import pickle
import uuid
from typing import Any

import pytest

from otel_helisession.sessions.value import MAX_PROPERTIES, Session

FULL = Session(
    "Trip planner",
    id="t-1",
    path="/trip",
    user_id="u-7",
    properties={"tier": "pro", "retries": 2, "beta": True},  # type: ignore[dict-item]
)


class Tier(str, enum.Enum):
    PRO = "pro"


def test_a_session_made_of_nothing_has_a_new_id() -> None:
    """Each session is a new one, at the root, nobody's."""
    first, second = Session(), Session()
    assert uuid.UUID(first.id).version == 4
    assert first.id != second.id
    assert (first.name, first.path, first.user_id, dict(first.properties)) == ("", "/", None, {})
    assert not first.id_given


@pytest.mark.parametrize("identifier", ["", "  ", "\r\n", "\x00"])
def test_an_empty_id_becomes_a_new_one(identifier: str, caplog: pytest.LogCaptureFixture) -> None:
    """An empty id is no id, which is said, and does not count as the user's."""
    session = Session(id=identifier)
    assert uuid.UUID(session.id).version == 4
    assert not session.id_given
    assert caplog.messages == ["an empty session id was replaced by a new one"]


def test_text_is_cleaned() -> None:
    """Controls go from every field; so do what header names cannot hold."""
    session = Session(
        "Tri\r\np 🧭", id=" t\x001 ", path="trip//a/", user_id="\n", properties={"a b": "c\r\nd"}
    )
    assert session == Session("Trip 🧭", id="t1", path="/trip/a", properties={"a-b": "cd"})


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None},
        {"name": 7},
        {"name": b"trip"},
        {"id": 7},
        {"path": None},
        {"user_id": 7},
        {"properties": ["tier"]},
        {"properties": {7: "pro"}},
        {"properties": {"tier": None}},
        {"properties": {"tier": ["pro"]}},
    ],
    ids=repr,
)
def test_wrong_types_raise(fields: dict[str, Any]) -> None:
    """A wrong type is a mistake in the program; the message says what is accepted."""
    with pytest.raises(TypeError, match="must be"):
        Session(**fields)


def test_properties_are_text() -> None:
    """Numbers and bools are written as text, enums as their value."""
    given: Any = {"n": 2, "f": 0.5, "b": True, "e": Tier.PRO}
    session = Session(properties=given)
    assert session.properties == {"n": "2", "f": "0.5", "b": "true", "e": "pro"}


def test_text_of_a_subclass_becomes_text() -> None:
    """A str enum is written as its value wherever text is taken."""
    session = Session(Tier.PRO, id=Tier.PRO, path=Tier.PRO, user_id=Tier.PRO)
    assert {type(value) for value in session.attributes.values()} == {str}
    assert session == Session("pro", id="pro", path="/pro", user_id="pro")


def test_properties_are_copied_and_cannot_be_changed() -> None:
    """The mapping that was given stays the caller's."""
    given = {"tier": "pro"}
    session = Session(properties=given)
    given["tier"] = "free"
    assert session.properties == {"tier": "pro"}
    with pytest.raises(TypeError):
        session.properties["tier"] = "free"  # type: ignore[index]


def test_properties_are_bounded(caplog: pytest.LogCaptureFixture) -> None:
    """Properties never crowd a span's 128 attributes: 32, of 500 characters."""
    session = Session(properties={f"p{number}": "v" * 10_000 for number in range(200)})
    assert len(session.properties) == MAX_PROPERTIES
    assert set(session.properties.values()) == {"v" * 500}
    assert len(caplog.messages) == 1


def test_bad_property_names_are_changed_or_dropped(caplog: pytest.LogCaptureFixture) -> None:
    """A name that has nothing left is dropped; one log line says what is accepted."""
    session = Session(properties={"": "a", "é": "b", "my tier": "c"})
    assert session.properties == {"my-tier": "c"}
    assert len(caplog.messages) == 1


def test_sessions_are_compared_by_value() -> None:
    """Equal fields make equal sessions, whoever gave the id, and equal hashes."""
    same = dataclasses.replace(FULL)
    assert same == FULL
    assert hash(same) == hash(FULL)
    assert dataclasses.replace(FULL, id_given=False) == FULL
    assert FULL.at("/other") != FULL
    assert Session(id="t-1", properties={"a": "1"}) != Session(id="t-1", properties={"a": "2"})


def test_a_session_cannot_be_changed() -> None:
    """Assignment raises."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        FULL.path = "/elsewhere"  # type: ignore[misc]


def test_the_repr_is_readable() -> None:
    """What the caches hold does not show."""
    assert FULL.attributes
    assert repr(FULL).startswith("Session(name='Trip planner', id='t-1', path='/trip'")
    assert "_attributes" not in repr(FULL)


def test_a_session_can_be_sent_to_another_process() -> None:
    """A Session survives pickling and copying, caches or not."""
    assert FULL.headers
    for sent in (FULL, Session(), Session(id="t-1")):
        received = pickle.loads(pickle.dumps(sent))
        assert received == sent == copy.deepcopy(sent)
        assert received.id_given == sent.id_given
        assert received.attributes == sent.attributes


def test_attributes_are_what_a_span_carries() -> None:
    """Every field has its key; a given id is also the conversation's."""
    assert FULL.attributes == {
        "helicone.session.id": "t-1",
        "helicone.session.path": "/trip",
        "helicone.session.name": "Trip planner",
        "session.id": "t-1",
        "user.id": "u-7",
        "gen_ai.conversation.id": "t-1",
        "helicone.property.tier": "pro",
        "helicone.property.retries": "2",
        "helicone.property.beta": "true",
    }


def test_an_invented_id_is_no_conversation() -> None:
    """Absent fields have no attributes, and an id of ours no gen_ai.conversation.id."""
    session = Session()
    assert session.attributes == {
        "helicone.session.id": session.id,
        "helicone.session.path": "/",
        "session.id": session.id,
    }


def test_a_child_is_the_same_session_deeper() -> None:
    """Only the path changes, and the caches are the child's own."""
    child = FULL.child("research/hotels")
    assert child == dataclasses.replace(FULL, path="/trip/research_hotels")
    assert child.id_given
    assert child.attributes == {**FULL.attributes, "helicone.session.path": child.path}
    assert Session().child("a").id_given is False
