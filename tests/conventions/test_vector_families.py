"""OpenLLMetry's vector databases: recorded from each client, and what cannot run here by hand."""

from __future__ import annotations

from typing import Any

import pytest

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import VectorQuery
from tests import recordings
from tests.conventions.made import read


def queries(family: str, scene: str) -> list[VectorQuery | None]:
    """Return what the recorded spans of a scene asked, without its step."""
    spans = recordings.scenes(f"{family}_openllmetry")[scene]
    return [reader.read(span).vector for span in spans if span.name != scene]


SEARCHES: dict[str, VectorQuery] = {
    "pinecone": VectorQuery(
        operation="search",
        database="pinecone",
        collection="kyoto",
        top_k=2,
        filter={"stars": {"$gte": 3}},
        matches=(
            {"id": "sen", "score": 0.93, "metadata": {"name": "Machiya Sen", "stars": 4.0}},
            {"id": "kamo", "score": 0.41, "metadata": {"name": "Kamo Tower"}},
        ),
    ),
    "qdrant": VectorQuery(operation="search", database="qdrant", collection="hotels", top_k=2),
    "chromadb": VectorQuery(
        operation="search",
        database="chroma",
        top_k=2,
        filter={"city": "Kyoto"},
        matches=(
            {
                "id": "sen",
                "distance": pytest.approx(0.02, abs=1e-3),
                "metadata": {"city": "Kyoto"},
                "document": "Machiya Sen, a quiet house",
            },
            {
                "id": "kamo",
                "distance": pytest.approx(0.86, abs=1e-3),
                "metadata": {"city": "Kyoto"},
                "document": "Kamo Tower, at the station",
            },
        ),
    ),
    "milvus": VectorQuery(
        operation="search",
        database="milvus",
        collection="hotels",
        top_k=2,
        filter="id > 0",
        matches=(
            {
                "query": 0,
                "id": 1,
                "distance": pytest.approx(0.991, abs=1e-3),
                "entity": {"name": "Machiya Sen"},
            },
            {
                "query": 0,
                "id": 2,
                "distance": pytest.approx(0.358, abs=1e-3),
                "entity": {"name": "Kamo Tower"},
            },
        ),
    ),
    "lancedb": VectorQuery(operation="search", database="lancedb"),
    "marqo": VectorQuery(
        operation="search",
        database="marqo",
        query="a quiet house",
        matches=(
            {"_id": "sen", "_score": 0.93, "name": "Machiya Sen", "stars": 4},
            {"_id": "kamo", "_score": 0.41, "name": "Kamo Tower", "stars": 3},
        ),
    ),
}


@pytest.mark.parametrize("family", SEARCHES)
def test_a_search(family: str) -> None:
    """What was asked and found, as far as the family says it; vectors are left out."""
    assert queries(family, "search") == [SEARCHES[family]]


@pytest.mark.parametrize(
    ("family", "scene", "operation", "path"),
    [
        ("pinecone", "insert", "upsert", "/insert/upsert_pinecone"),
        ("pinecone", "delete", "delete", "/delete/delete_pinecone"),
        ("qdrant", "insert", "upsert", "/insert/upsert_hotels"),
        ("chromadb", "insert", "insert", "/insert/insert_chroma"),
        ("milvus", "delete", "delete", "/delete/delete_hotels"),
        ("lancedb", "insert", "insert", "/insert/insert_lancedb"),
        ("marqo", "delete", "delete", "/delete/delete_marqo"),
    ],
)
def test_other_operations(family: str, scene: str, operation: str, path: str) -> None:
    """Named by one word in the path, with the collection where it is known."""
    span = recordings.scenes(f"{family}_openllmetry")[scene][-1]
    found = reader.read(span).vector
    assert found is not None
    assert (found.operation, (span.attributes or {})["helicone.session.path"]) == (operation, path)


def test_milvus_finds_by_condition() -> None:
    """Its results are the rows, without a name before their fields."""
    (found,) = queries("milvus", "query_search")
    assert found is not None
    assert found.matches == ({"id": 1, "name": "Machiya Sen"},)


@pytest.mark.parametrize("family", SEARCHES)
def test_a_failed_request_says_why(family: str) -> None:
    """It is a request of its kind all the same."""
    (found,) = [
        reader.read(span)
        for span in recordings.scenes(f"{family}_openllmetry")["failure"]
        if span.name != "failure"
    ]
    assert found.kind == "vector_db"
    assert found.failure is not None
    assert found.failure.message


def test_a_span_that_has_just_started_names_no_segment() -> None:
    """Pinecone and Qdrant tell the database at the start, and the rest a moment later."""
    from otel_helisession.conventions.dialects import vector_families

    started = {"db.system": "Qdrant"}
    assert vector_families.kind(started) == "vector_db"
    assert vector_families.segment("qdrant.query_points", started) is None
    later = {**started, "qdrant.search.collection_name": "hotels"}
    assert vector_families.segment("qdrant.query_points", later) == "search_hotels"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (
            {
                "db.operation": "fetch_objects",
                "db.weaviate.collections.query.fetch_objects.limit": "2",
                "db.weaviate.collections.query.fetch_objects.filters": '{"stars": 4}',
            },
            VectorQuery("search", "weaviate", top_k=2, filter={"stars": 4}),
        ),
        (
            {
                "db.operation": "graphql_raw_query",
                "db.weaviate.client.graphql_raw_query.gql_query": '"{ Get { Hotel } }"',
            },
            VectorQuery("search", "weaviate", query="{ Get { Hotel } }"),
        ),
        (
            {"db.operation": "create", "db.weaviate.collections.create.name": '"Hotel"'},
            VectorQuery("create", "weaviate", "Hotel"),
        ),
    ],
)
def test_weaviate(attributes: dict[str, Any], expected: VectorQuery) -> None:
    """Written from its instrumentation, not recorded: its client needs a server over gRPC.
    Arguments are JSON text."""
    assert read({"db.system": "weaviate", **attributes}).vector == expected


def test_inner_spans_of_one_request_are_structure() -> None:
    """Chroma's own step of a query; and Weaviate's handle, which asks nothing."""
    assert read({"db.system": "chroma", "db.operation": "_query"}).kind == "structure"
    handle = {"db.operation": "get", "db.weaviate.collections.get.name": '"Hotel"'}
    assert read({"db.system": "weaviate", **handle}).kind == "structure"


def test_the_index_is_in_pinecone_s_host() -> None:
    """``{index}-{project}``, where the namespace alone would not tell."""
    host = "https://trip-hotels-a1b2c3d.svc.aped-4627-b74a.pinecone.io"
    found = read({"db.system": "Pinecone", "server.address": host}, name="pinecone.query").vector
    assert found is not None
    assert found.collection == "trip-hotels"


def test_nothing_found_is_not_nothing_known() -> None:
    """A count of zero says that there were no matches."""
    asked = {"db.system": "milvus", "db.operation": "search"}
    known = read({**asked, "db.milvus.search.result_count": 0}).vector
    unknown = read(asked).vector
    assert known is not None
    assert unknown is not None
    assert (known.matches, unknown.matches) == ((), None)


def test_a_database_of_another_kind_is_not_ours() -> None:
    """It is for the general conventions."""
    assert read({"db.system": "postgresql", "db.statement": "SELECT 1"}).kind == "structure"
