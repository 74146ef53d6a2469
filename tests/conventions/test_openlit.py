"""OpenLIT, recorded from its instrumentations, and its other operations."""

from __future__ import annotations

import pytest

from otel_helisession.conventions.operation import Operation, ToolCall, VectorQuery
from tests.conventions.made import read
from tests.conventions.recorded import requests, tree, words

VECTORS = {"gen_ai.operation.name": "vectordb", "db.system.name": "chroma"}


def test_a_call_of_openai_s_sdk_has_its_cost() -> None:
    """And everything else by the conventions."""
    (found,) = requests("openai2_openlit", "chat")
    assert (found.convention, found.usage.cost_usd) == ("genai", 0.00018825)
    assert (found.streaming, found.time_to_first_token_ms) == (False, None)
    assert words(found.conversation.output)[0][1].startswith("Three days in Kyoto")


def test_a_search_of_chroma() -> None:
    """Every field; the number of vectors is no query."""
    (found,) = requests("chromadb_openlit", "search")
    assert found == Operation(
        kind="vector_db",
        convention="openlit",
        name="vectordb",
        segment="search_hotels",
        vector=VectorQuery(
            operation="search",
            database="chroma",
            collection="hotels",
            top_k=2,
            filter={"city": "Kyoto"},
        ),
        parameters={},
        server="localhost",
    )


def test_a_search_of_qdrant_does_not_know_its_collection() -> None:
    """OpenLIT writes ``unknown`` for what was not given by keyword."""
    (found,) = requests("qdrant_openlit", "search")
    assert found.vector == VectorQuery(operation="search", database="qdrant", top_k=2)
    assert tree("qdrant_openlit", "search") == [("vector_db", "/search_qdrant")]


def test_a_query_of_words_is_one() -> None:
    """Its matches are documents, where they were kept."""
    found = read({**VECTORS, "db.query.text": "a quiet hotel", "db.operation.name": "QUERY"})
    assert found.vector == VectorQuery(operation="search", database="chroma", query="a quiet hotel")


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("memory_search", "vector_db"),
        ("image", "llm"),
        ("speech_to_text", "llm"),
        ("crawl", "tool"),
        ("mcp_tool_call", "tool"),
        ("model_request", "structure"),
        ("mcp_server", "structure"),
    ],
)
def test_operations_of_its_own(operation: str, kind: str) -> None:
    """Steps by which a framework runs an agent stand around calls, and are none."""
    assert read({"gen_ai.operation.name": operation}).kind == kind


def test_a_crawl_is_a_tool() -> None:
    """Named by what it does."""
    found = read({"gen_ai.operation.name": "crawl", "gen_ai.tool.input": '{"url": "https://a"}'})
    assert (found.segment, found.tool) == ("crawl", ToolCall("crawl", None, {"url": "https://a"}))
