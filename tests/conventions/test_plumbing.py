"""Which names of frameworks' units become segments, and what of them."""

from __future__ import annotations

import pytest

from otel_helisession.conventions.plumbing import unit


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        *(("travel_agent", "travel_agent"), ("my.pipeline", "my.pipeline")),
        *(("TripCrew.kickoff", "TripCrew"), ("FunctionAgent.run", "FunctionAgent")),
        *(("TripFlow.plan", "plan"), ("main.<locals>.TripFlow.plan", "plan")),
        ("Flow_3c6b4751-ae53-4964-a970-8a5a82133943.plan", "plan"),
        ("Flow_3c6b4751-ae53-4964-a970-8a5a82133943.kickoff", ""),
        ("Travel agent.plan_trip._execute_core", "Travel agent"),
        ("Sr. Cook._execute_core", "Sr. Cook"),
        *(("VectorIndexRetriever.retrieve", "VectorIndexRetriever"), ("Engine._query", "")),
        *(("BaseWorkflowAgent.call_tool", ""), ("SentenceSplitter.__call__", "")),
        *(("LangGraph", ""), ("RunnableSequence", ""), ("should_continue", ""), ("_write", "")),
        *(("tools", ""), ("turn", ""), ("Agent workflow", ""), ("handoff to Weather agent", "")),
        *(("plan_17", "plan"), ("Summarise the report.", "Summarise the report."), ("", "")),
        *((".", "."), ("..", ".."), ("a..b", "a..b"), ("<lambda>", "")),
    ],
)
def test_segments(name: str, segment: str) -> None:
    """The work's own name, without the method by which one enters it and what changes a run."""
    assert unit(name) == segment
