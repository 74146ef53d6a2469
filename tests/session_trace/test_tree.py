"""What the trace of a session looks like: root, nodes, requests, totals, links, no content."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext, StatusCode

from otel_helisession import record, session, step
from otel_helisession.session_trace import ids
from tests.collecting import CollectedSpans
from tests.fakes import KeepingExporter
from tests.holding.spans import llm, span, tokens
from tests.session_trace.drawing import said, totals, tree


def named(exporter: KeepingExporter, name: str) -> Any:
    (found,) = [one for one in exporter.spans if one.name == name]
    return found


@pytest.fixture
def trip(spans: CollectedSpans, traced: Any) -> KeepingExporter:
    """A trip as it is exported, at its end."""
    kept = KeepingExporter()
    exporter = traced(kept)
    with session("Trip planner", path="/trip", user_id="ada", properties={"team": "blue"}) as own:
        with step("research"):
            with record.llm("gpt-4o", provider="openai", messages=[{"role": "user"}]) as call:
                call.usage = {"input_tokens": 10, "output_tokens": 5, "cost_usd": 0.25}
            with record.tool("search", arguments={"city": "Secretville"}) as tool:
                tool.result = "a secret"
        with pytest.raises(ValueError, match="closed"), record.vector("search", database="qdrant"):
            raise ValueError("closed")
    kept.session = own  # type: ignore[attr-defined]
    exporter.export(spans())
    assert exporter.force_flush() is True
    return kept


def test_the_tree_reads_like_the_sessions_page(trip: KeepingExporter) -> None:
    """The name at the root, a node a path with its count, requests in their node, errors red."""
    assert tree(trip.spans) == [
        "Trip planner (3)!",
        "  trip (3)!",
        "    research (2)",
        "      chat gpt-4o",
        "      search (1)",
        "        execute_tool search",
        "    search (1)!",
        "      search qdrant!",
    ]


def test_the_root_and_the_nodes_have_totals(trip: KeepingExporter) -> None:
    """Requests, errors, tokens and cost, by kind; with what is below."""
    expected = {"requests": 3, "errors": 1, "input_tokens": 10, "output_tokens": 5}
    expected |= {"cost_usd": 0.25, "llm.requests": 1, "llm.cost_usd": 0.25, "tool.requests": 1}
    expected |= {"vector_db.requests": 1, "vector_db.errors": 1}
    assert totals(named(trip, "Trip planner")) == expected
    assert totals(named(trip, "research"))["requests"] == 2


def test_the_root_says_whose_session_it_is_and_when_it_was_counted(trip: KeepingExporter) -> None:
    """Id under both names, user, properties; how and when the trace was closed."""
    attributes = said(named(trip, "Trip planner"))
    own = trip.session.id  # type: ignore[attr-defined]
    assert attributes.pop("helicone.session.trace.closed_at").endswith("Z")
    assert {name: value for name, value in attributes.items() if ".total." not in name} == {
        "helicone.session.id": own,
        "session.id": own,
        "helicone.session.name": "Trip planner",
        "helicone.session.path": "/",
        "helicone.session.trace.role": "session",
        "helicone.session.trace.closed": "ended",
        "helicone.property.team": "blue",
        "user.id": "ada",
    }


def test_a_request_says_what_it_was_and_nothing_that_was_said(trip: KeepingExporter) -> None:
    """Model, tokens, cost, kind and operation; no message, argument or result anywhere."""
    attributes = said(named(trip, "chat gpt-4o"))
    own = trip.session.id  # type: ignore[attr-defined]
    assert attributes == {
        "helicone.session.id": own,
        "session.id": own,
        "helicone.session.name": "Trip planner",
        "helicone.session.path": "/trip/research",
        "helicone.session.trace.role": "request",
        "helicone.request.type": "llm",
        "user.id": "ada",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.cost": 0.25,
    }
    assert "ecret" not in "".join(one.to_json() for one in trip.spans)


def test_a_request_links_to_its_original(trip: KeepingExporter, spans: CollectedSpans) -> None:
    """And the first node to the spans that began the session's traces: Jaeger's pages would take
    a root with links for one whose parent is missing."""
    original = spans.one("chat gpt-4o").context
    (link,) = named(trip, "chat gpt-4o").links
    assert (link.context.trace_id, link.context.span_id) == (original.trace_id, original.span_id)
    begun = [one.context.span_id for one in spans() if one.parent is None]
    linked = [link.context.span_id for link in named(trip, "trip").links]
    assert sorted(linked) == sorted(begun)
    assert named(trip, "Trip planner").links == ()


def test_a_failed_request_says_why(trip: KeepingExporter) -> None:
    """Status, type and message; the nodes above say how many."""
    failed = named(trip, "search qdrant")
    assert failed.status.status_code is StatusCode.ERROR
    assert "closed" in failed.status.description
    assert said(failed)["error.type"] == "ValueError"
    assert named(trip, "trip").status.description == "1 error"


def test_a_node_reaches_from_its_first_start_to_its_last_end(traced: Any) -> None:
    """Of everything in it and below, steps and plumbing too; the root reaches over all."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    path = {"helicone__session__path": "/a/b"}
    exporter.export(
        [
            llm("s", start=5, end=6, **path),
            span("s", "step", start=2, end=9, **path),
            span("s", "early", start=1, end=3, helicone__session__path="/c"),
        ]
    )
    exporter.shutdown()
    seconds = {
        one.name: (one.start_time // 10**9, one.end_time // 10**9)
        for one in kept.spans
        if said(one)["helicone.session.trace.role"] != "request"
    }
    assert seconds == {"a": (2, 9), "b": (2, 9), "c": (1, 3), "session": (1, 9)}


def test_clocks_that_run_backwards_make_no_negative_span(traced: Any) -> None:
    """A span that ends before it starts ends when it starts."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    exporter.export([llm("s", start=9, end=2)])
    exporter.shutdown()
    assert len(kept.spans) == 2
    assert all(one.end_time >= one.start_time for one in kept.spans)


def test_a_session_of_two_names_has_one_trace(traced: Any) -> None:
    """The first name is at the root, which lists both; each request says its own."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    exporter.export([llm("s", helicone__session__name=name) for name in ("Trip", "Chat")])
    exporter.shutdown()
    root = kept.spans[-1]
    assert (root.name, said(root)["helicone.session.names"]) == ("Trip", ("Trip", "Chat"))
    own = {said(one)["helicone.session.name"] for one in kept.spans[:2]}
    assert own == {"Trip", "Chat"}


def test_spans_of_nobody_and_unsampled_ones_are_left_out(traced: Any) -> None:
    """They are accepted, and in no trace."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    said = {"helicone.session.id": "s", "gen_ai.operation.name": "chat"}
    unsampled = ReadableSpan("chat", SpanContext(1, 5, False), attributes=said)
    assert exporter.deliver([llm(None), span(None), unsampled]).accepted
    exporter.shutdown()
    assert kept.spans == []


def test_a_hostile_text_is_cut(traced: Any) -> None:
    """A model's name of a megabyte costs its trace 500 characters."""
    kept = KeepingExporter()
    exporter = traced(kept)
    exporter.export([llm("s", gen_ai__request__model="m" * 1_000_000, **tokens(1, 2))])
    (made,) = kept.spans
    assert len(made.name) == len(said(made)["gen_ai.request.model"]) == 500


def test_one_trace_id_and_the_roots_id_follow_from_the_session(trip: KeepingExporter) -> None:
    """Whoever knows the session's id finds its trace without a search."""
    own = trip.session.id  # type: ignore[attr-defined]
    assert {one.context.trace_id for one in trip.spans} == {ids.trace_id(own)}
    assert trip.spans[-1].context.span_id == ids.node_id(own, "/")
    assert trip.spans[-1].parent is None
