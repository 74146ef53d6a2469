"""A trace is bounded: what is over is counted in its node, and said there."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession import SessionTraceExporter
from otel_helisession.session_trace import places
from tests.fakes import KeepingExporter
from tests.holding.spans import llm, tokens
from tests.session_trace.drawing import said, totals, tree

COLLAPSED = "helicone.session.trace.collapsed"


def test_requests_over_the_bound_are_counted_in_their_node(traced: Any) -> None:
    """The node says how many it shows no span of, and so does the root."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True, max_requests=2)
    for path in ("/a", "/a", "/b"):
        exporter.export([llm("s", helicone__session__path=path, **tokens(1, 1))])
    exporter.shutdown()
    assert tree(kept.spans) == ["session (3)", "  a (2)", "    chat", "    chat", "  b (1)"]
    hidden = {one.name: said(one).get(COLLAPSED) for one in kept.spans[2:]}
    assert hidden == {"a": None, "b": 1, "session": 1}


def test_the_bytes_of_a_trace_are_bounded_as_a_backend_counts_them(traced: Any) -> None:
    """Nodes, root and all that comes after, encoded as OTLP, stay below max_bytes."""
    kept = KeepingExporter()
    exporter = traced(kept, owner=True, max_bytes=100_000)
    for at in range(300):
        path = f"/step {at % 40}/é{at % 7}"
        exporter.export([llm("s", helicone__session__path=path, gen_ai__request__model="gpt-4o")])
    exporter.shutdown()
    size = sum(len(encode_spans([one]).SerializeToString()) for one in kept.spans)
    assert 50_000 < size < 100_000
    assert totals(kept.spans[-1])["requests"] == 300


def test_paths_without_number_make_no_nodes_without_number(
    traced: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What finds no place hangs in the nearest above, and is counted there."""
    monkeypatch.setattr(places, "MAX_NODES", 3)
    kept = KeepingExporter()
    exporter = traced(kept, owner=True)
    for path in ("/a/b", "/a/c", "/d"):
        exporter.export([llm("s", helicone__session__path=path)])
    exporter.shutdown()
    expected = ["session (3)", "  a (2)", "    b (1)", "      chat", "    chat", "  chat"]
    assert tree(kept.spans) == expected


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"max_requests": 0}, "max_requests is 0; it must be a whole number of at least 1"),
        ({"max_requests": 2.5}, "max_requests is 2.5; it must be a whole number of at least 1"),
        ({"max_bytes": True}, "max_bytes is True; it must be a whole number of at least 10000"),
        ({"idle_seconds": -1}, "idle_seconds is -1; it must be a number of at least 0"),
    ],
)
def test_a_number_that_is_too_small_is_refused(options: dict[str, Any], error: str) -> None:
    """With what was given and what is accepted."""
    with pytest.raises(ValueError, match=error):
        SessionTraceExporter(KeepingExporter(), **options)


@pytest.mark.parametrize(
    ("exporter", "options", "error"),
    [
        (KeepingExporter, {}, "SessionTraceExporter wraps a span exporter .*, not type"),
        (KeepingExporter(), {"owner": 1}, "owner must be True, False or None, not int"),
    ],
)
def test_a_wrong_type_is_refused(exporter: SpanExporter, options: Any, error: str) -> None:
    """A class in place of its object, a number in place of a choice."""
    with pytest.raises(TypeError, match=error):
        SessionTraceExporter(exporter, **options)
