"""Vector spans around REST calls of vector databases that nobody else covers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace

from otel_helisession import record, session
from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Operation, VectorQuery
from otel_helisession.http import chroma_names, instrument_httpx
from tests.collecting import CollectedSpans
from tests.http.conftest import Caller
from tests.servers.vectors import CHROMA_ID, VectorDatabases

VECTOR = [0.1] * 768
LISBON = {"must": [{"key": "city", "match": {"value": "Lisbon"}}]}
COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database/collections"
PINECONE = {"x-pinecone-api-version": "2025-10"}
GRAPHQL = """{ Get { Hotels(hybrid: {query: "a quiet \\"hotel\\"", vector: [0.1, 0.2]} limit: 3)
    { name _additional { id distance } } } }"""


@pytest.fixture
def server() -> Iterator[VectorDatabases]:
    with VectorDatabases() as made:
        yield made


def read(spans: CollectedSpans) -> Operation:
    """What the only span says."""
    (span,) = spans()
    return reader.read(span)


def test_a_search_says_what_was_asked_and_found(
    caller: Caller, server: VectorDatabases, spans: CollectedSpans
) -> None:
    """When content is asked for; the vector itself never."""
    instrument_httpx(capture_content=True)
    url = f"{server.url}/collections/hotels/points/query"
    with session("Trip", path="/trip"):
        caller.post(url, json={"query": VECTOR, "limit": 3, "filter": LISBON})
    (span,) = spans()
    found = (
        {"id": 7, "score": 0.92, "payload": {"name": "Casa do Bairro"}},
        {"id": 3, "score": 0.81, "payload": {"name": "Lapa"}},
    )
    made = reader.read(span)
    assert made.vector == VectorQuery("search", "qdrant", "hotels", None, 3, LISBON, found)
    assert (span.name, made.kind, made.segment) == ("search hotels", "vector_db", "search_hotels")
    attributes = span.attributes or {}
    assert attributes["helicone.session.path"] == "/trip/search_hotels"
    assert attributes["helicone.request.type"] == "vector_db"
    assert "0.1, 0.1" not in str(dict(attributes))


def test_without_content_it_says_where_and_how_many(
    caller: Caller, server: VectorDatabases, spans: CollectedSpans
) -> None:
    """Query, filter and matches are the user's data."""
    instrument_httpx()
    caller.post(f"{server.url}/collections/hotels/points/query", json={"query": {"text": "quiet"}})
    (span,) = spans()
    assert dict(span.attributes or {}) == {
        "helicone.vector.operation": "search",
        "gen_ai.operation.name": "retrieval",
        "db.system.name": "qdrant",
        "db.operation.name": "search",
        "db.collection.name": "hotels",
        "db.response.returned_rows": 2,
        "server.address": "127.0.0.1",
        "server.port": server.port,
    }


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (
            "/collections/hotels/points/search",
            {"vector": VECTOR, "limit": 3},
            ("qdrant", "search", "hotels", None, 3, 2),
        ),
        (
            "/collections/hotels/points/query",
            {"query": {"nearest": {"text": "quiet", "model": "m"}}, "limit": 3},
            ("qdrant", "search", "hotels", "quiet", 3, 2),
        ),
        (
            "/collections/hotels/points/search/batch",
            {"searches": [{"vector": VECTOR, "limit": 2}]},
            ("qdrant", "search", "hotels", None, 2, 2),
        ),
        (
            "/collections/hotels/points/delete",
            {"points": [1]},
            ("qdrant", "delete", "hotels", None, None, None),
        ),
        ("/query", {"vector": VECTOR, "topK": 3}, ("pinecone", "search", None, None, 3, 1)),
        ("/vectors/upsert", {"vectors": []}, ("pinecone", "upsert", None, None, None, None)),
        (
            "/v1/graphql",
            {"query": GRAPHQL},
            ("weaviate", "search", "Hotels", 'a quiet "hotel"', 3, 1),
        ),
        (
            f"{COLLECTIONS}/{CHROMA_ID}/query",
            {"query_embeddings": [VECTOR], "n_results": 3},
            ("chroma", "search", None, None, 3, 2),
        ),
    ],
)
def test_each_database_is_read_in_its_own_format(
    package: Any,
    server: VectorDatabases,
    spans: CollectedSpans,
    path: str,
    body: Any,
    expected: tuple[Any, ...],
) -> None:
    """Database, operation, collection, text, limit, and how many were found."""
    instrument_httpx(capture_content=True)
    package.post(f"{server.url}{path}", json=body, headers=PINECONE)
    query = read(spans).vector
    assert query is not None
    found = None if query.matches is None else len(query.matches)
    said = (query.database, query.operation, query.collection, query.query, query.top_k, found)
    assert said == expected


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/collections/hotels", {"vectors": {}}),
        ("GET", "/collections/hotels/points/7", None),
        ("POST", "/query", {"vector": VECTOR}),
        ("POST", "/v1/graphql", {"query": "{ user { name } }"}),
        ("POST", "/v1/graphql", {"query": '{ Get { Hotels { name } } } # "nearText: {"'}),
        ("POST", "/v1/objects", {"class": "Hotels"}),
        ("POST", "/collections/hotels/points/query", [1]),
    ],
)
def test_what_is_no_search_of_a_known_database_gets_no_span(
    package: Any, server: VectorDatabases, spans: CollectedSpans, method: str, path: str, body: Any
) -> None:
    """A path that is anybody's takes the client's own header."""
    instrument_httpx()
    package.request(method, f"{server.url}{path}", json=body)
    assert spans() == ()


def test_chromas_ids_get_the_names_that_its_client_was_told(
    caller: Caller, server: VectorDatabases, spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the path says ``search_hotels``, and no id."""
    monkeypatch.setattr(chroma_names, "_names", {})
    instrument_httpx()
    body = {"query_embeddings": [VECTOR]}
    with session("Trip"):
        caller.post(f"{server.url}{COLLECTIONS}/{CHROMA_ID}/query", json=body)
        caller.post(f"{server.url}{COLLECTIONS}", json={"name": "hotels"})
        caller.post(f"{server.url}{COLLECTIONS}/{CHROMA_ID}/query", json=body)
    paths = [(span.attributes or {})["helicone.session.path"] for span in spans()]
    assert paths == ["/search", "/search_hotels"]


def test_names_are_kept_in_bounds(package: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes; what is no collection is passed over."""
    monkeypatch.setattr(chroma_names, "_names", {})
    monkeypatch.setattr(chroma_names, "MAX_NAMES", 2)
    for said in ({"id": "1", "name": "a"}, {"id": "2", "name": "b"}, {"id": "3", "name": "c"}):
        chroma_names.note(package.Response(200, json=said))
    for junk in (b"{", b"[]", b'{"id": 7}', b" " * 100_000):
        chroma_names.note(package.Response(200, content=junk))
    assert [chroma_names.name_of(one) for one in ("1", "2", "3")] == [None, "b", "c"]


@pytest.mark.parametrize("status", [404, 500])
def test_a_refused_call_is_an_error(
    caller: Caller, server: VectorDatabases, spans: CollectedSpans, status: int
) -> None:
    """With the database's own words."""
    instrument_httpx()
    path = "/collections/hotels/points/search"
    refused = json.dumps({"status": {"error": "Not found: hotels"}, "time": 0.1}).encode()
    server.answers[path] = (status, {"content-type": "application/json"}, refused)
    caller.post(f"{server.url}{path}", json={"vector": VECTOR})
    failure = read(spans).failure
    assert failure is not None
    assert (failure.message, failure.status_code) == ("Not found: hotels", status)


def test_a_call_that_somebody_covers_gets_no_span_of_ours(
    caller: Caller, server: VectorDatabases, spans: CollectedSpans
) -> None:
    """A recorded one, or one of an instrumentation's; within a tool it is a call of its own."""
    instrument_httpx()
    url = f"{server.url}/collections/hotels/points/query"
    attributes = {"db.system": "qdrant"}
    with record.vector("search", database="qdrant", collection="hotels"):
        caller.post(url, json={})
    with trace.get_tracer("theirs").start_as_current_span("theirs", attributes=attributes):
        caller.post(url, json={})
    with record.tool("search_hotels"):
        caller.post(url, json={})
    assert [span.name for span in spans()] == [
        *("search hotels", "theirs"),
        *("search hotels", "execute_tool search_hotels"),
    ]


def test_a_megabyte_of_points_is_not_parsed(
    caller: Caller, server: VectorDatabases, spans: CollectedSpans
) -> None:
    """A write says nothing that its path does not say."""
    instrument_httpx(capture_content=True)
    url = f"{server.url}/collections/hotels/points?wait=true"
    with caller.package.Client() as client:
        client.put(url, content=b"{" + b" " * 3_000_000)
    query = read(spans).vector
    assert query == VectorQuery("upsert", "qdrant", "hotels")
