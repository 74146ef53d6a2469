"""What docs/session_trace.md says is so."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from otel_helisession import semconv
from otel_helisession.session_trace import bounds
from tests.documentation import DOCS, blocks
from tests.servers.otlp import HttpSink

PAGE = (DOCS / "session_trace.md").read_text()


@pytest.mark.parametrize("source", blocks("session_trace.md"))
def test_a_block_runs(
    source: str, run_python: Callable[..., CompletedProcess[str]], otlp_http: HttpSink
) -> None:
    """Each by itself, with a backend on loopback."""
    endpoint = otlp_http.endpoint.removesuffix("/v1/traces")
    done = run_python(
        source,
        OTEL_EXPORTER_OTLP_ENDPOINT=endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf",
    )
    assert (done.returncode, done.stderr) == (0, "")
    if "configure(" in source:
        names = {span.name for span in otlp_http.spans()}
        assert {"Trip planner", "trip", "research", "execute_tool search_hotels"} <= names


def test_the_page_names_the_attributes_and_the_bounds() -> None:
    """As they are in the code."""
    said = (semconv.TRACE_ROLE, semconv.TRACE_COLLAPSED, semconv.TRACE_CLOSED, semconv.LINK_KIND)
    assert [name for name in said if f"`{name}`" not in PAGE] == []
    for number in (bounds.MAX_REQUESTS, bounds.MAX_NODES, bounds.RECENT, bounds.MAX_OPEN):
        assert f" {number:,} " in PAGE
