"""Spans come in any order; their sessions and paths are the same in the end."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from otel_helisession.intake.families import Families
from otel_helisession.intake.family import NOWHERE, Family, Member, Place

TRACE = "0" * 31 + "1"


def member(
    name: str,
    parent: str | None = None,
    *,
    segment: str = "",
    session: str | None = None,
    path: str = "",
    ours: bool = False,
    is_request: bool = False,
) -> Member:
    """Return a span whose id is its name."""
    said = None if session is None else Place(session, "", path, None)
    return Member(name, parent, segment, said, ours, is_request, name)


def places(family: Family) -> dict[str, tuple[str | None, str]]:
    """Return session and path of each span."""
    return {one.span_id: (one.place.session_id, one.place.path) for one in family.members.values()}


def grown(members: Sequence[Member], *, by_trace: bool = True) -> Family:
    """Return the family of *members*, who come one by one."""
    family = Family(TRACE, by_trace)
    for one in members:
        family.add([one])
    return family


def test_children_come_before_their_parents() -> None:
    """A child's place follows its parent's, when that comes."""
    family = Family(TRACE, True)
    assert family.add([member("chat", "tool", is_request=True)]) == []
    assert places(family) == {"chat": (TRACE, "/")}
    moved = family.add([member("tool", "agent", segment="search"), member("agent", segment="plan")])
    assert [one.span_id for one in moved] == ["chat"]
    assert places(family) == {
        "chat": (TRACE, "/plan/search"),
        "tool": (TRACE, "/plan/search"),
        "agent": (TRACE, "/plan"),
    }


def test_a_session_of_another_library_is_inherited() -> None:
    """And a wrapper that repeats what it wraps adds nothing."""
    family = grown(
        [
            member("chat", "inner", is_request=True),
            member("inner", "outer", segment="plan"),
            member("outer", None, segment="plan", session="s"),
        ]
    )
    assert places(family) == {
        "chat": ("s", "/plan"),
        "inner": ("s", "/plan"),
        "outer": ("s", "/plan"),
    }


def test_the_only_session_of_a_foreign_trace_is_all_of_its() -> None:
    """Libraries name it on calls alone, below the agents that made them."""
    family = grown(
        [member("chat", "agent", session="s", is_request=True), member("agent", segment="a")]
    )
    assert places(family) == {"chat": ("s", "/a"), "agent": ("s", "/a")}
    family.add([member("other", "agent", session="t")])
    assert places(family) == {
        "chat": ("s", "/"),
        "agent": (None, ""),
        "other": ("t", "/"),
    }


def test_what_our_sdk_left_out_stays_out() -> None:
    """It named all spans of the session; its ancestors are none. A child of another process is."""
    family = grown(
        [
            member("server"),
            member("llm", "server", session="s", path="/trip", ours=True, is_request=True),
            member("far", "llm", segment="tool", is_request=True),
        ]
    )
    assert places(family) == {
        "server": (None, ""),
        "llm": ("s", "/trip"),
        "far": ("s", "/trip/tool"),
    }


def test_a_trace_is_a_session_if_it_has_a_request() -> None:
    """Unless that is switched off; a trace of mere plumbing never is."""
    plumbing, call = member("http"), member("chat", "http", is_request=True)
    assert places(grown([plumbing])) == {"http": (None, "")}
    assert places(grown([plumbing, call])) == {"http": (TRACE, "/"), "chat": (TRACE, "/")}
    assert set(places(grown([plumbing, call], by_trace=False)).values()) == {(None, "")}


def test_the_root_names_a_session_that_is_a_trace() -> None:
    """When it has come."""
    family = grown([member("chat", "run", is_request=True)])
    assert family.members["chat"].place.session_name == ""
    family.add([member("run")])
    assert [one.place.session_name for one in family.members.values()] == ["run", "run"]


def test_parents_in_a_ring_harm_nothing() -> None:
    """Nor does a span that is its own parent."""
    ring = [member("a", "b", segment="x"), member("b", "a", segment="y", is_request=True)]
    family = grown([*ring, member("c", "c", segment="z")])
    assert {one.place.session_id for one in family.members.values()} == {TRACE}


def test_a_span_that_is_sent_again_moves_nothing() -> None:
    """It replaces itself."""
    family = grown([member("root", segment="r"), member("chat", "root", is_request=True)])
    assert family.add([member("root", segment="r")]) == []
    assert places(family)["chat"] == (TRACE, "/r")


tree = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(["", "plan", "search"]),
        st.sampled_from([None, None, None, "s", "t"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@given(tree, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=150)
def test_the_order_of_arrival_changes_nothing(shape: list[tuple], mixed: object) -> None:  # type: ignore[type-arg]
    """Any tree, in any order, one by one or at once."""

    def made() -> list[Member]:
        return [
            member(
                str(number),
                str(parent % number) if number else None,
                segment=segment,
                session=session,
                is_request=asks,
            )
            for number, (parent, segment, session, asks) in enumerate(shape)
        ]

    expected = Family(TRACE, True)
    expected.add(made())
    shuffled = made()
    mixed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert places(grown(shuffled)) == places(expected)


def test_a_trace_that_was_forgotten_is_looked_up() -> None:
    """Memory is bounded; the store remembers."""
    kept: dict[str, list[Member]] = {}
    asked: list[str] = []

    def recall(trace_id: str) -> list[Member]:
        asked.append(trace_id)
        return kept.get(trace_id, [])

    families = Families(recall, True, max_spans=2)
    for trace_id in "abc":
        families.add(trace_id, [member("root", segment="r", is_request=True)])
    kept["a"] = [member("root", segment="r", is_request=True)]
    child = member("chat", "root", is_request=True)
    assert families.add("a", [child]) == []
    assert child.place.path == "/r"
    assert asked == ["a", "b", "c", "a"]


def test_a_trace_without_end_is_bounded(monkeypatch: object) -> None:
    """What is more than is remembered still hangs under what is."""
    from otel_helisession.intake import family as module

    monkeypatch.setattr(module, "MAX_MEMBERS", 2)  # type: ignore[attr-defined]
    family = grown([member("root", segment="r", is_request=True), member("one", "root")])
    late = member("two", "one")
    family.add([late])
    assert len(family) == 2
    assert late.place.path == "/r"
    assert member("x").place is NOWHERE
