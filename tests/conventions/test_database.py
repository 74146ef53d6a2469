"""Database spans: vector databases are requests, searches by vectors too, all else is plumbing.

What the instrumentations of drivers and of SQLAlchemy write is recorded. The statements of the
tables below are written from the documentation of pgvector, Redis, Elasticsearch, OpenSearch,
MongoDB and others, not recorded: they need servers.
"""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags

from otel_helisession.conventions import reader
from otel_helisession.conventions.dialects import database, neighbours
from otel_helisession.conventions.operation import Operation, VectorQuery
from tests import recordings


def span(name: str, attributes: dict[str, Any]) -> ReadableSpan:
    """A finished CLIENT span."""
    context = SpanContext(1, 2, False, TraceFlags(1))
    return ReadableSpan(name, context, attributes=attributes, kind=SpanKind.CLIENT)


def kind(system: str, text: str) -> str | None:
    """What a span is, in today's keys and in those before alike."""
    today = reader.kind({"db.system.name": system, "db.query.text": text})
    assert reader.kind({"db.system": system, "db.statement": text}) == today
    return today


@pytest.mark.parametrize("row", ["databases", "databases_stable"])
def test_recorded_spans_say_what_they_are(row: str) -> None:
    """A search with pgvector is a request; all other queries are plumbing."""
    scenes = recordings.scenes(row)
    statement = "SELECT id, name FROM public.hotels ORDER BY embedding <=> %s LIMIT 2"
    (search,) = [one for one in map(reader.read, scenes["search"]) if one.kind != "structure"]
    assert search == Operation(
        kind="vector_db",
        convention="database",
        name="search",
        segment="search_hotels",
        vector=VectorQuery("search", "postgresql", "hotels", statement, 2),
    )
    for scene in ("select", "sqlalchemy_select"):
        assert {reader.read(one).kind for one in scenes[scene]} == {"structure"}


SEARCHES = [
    ("postgresql", "SELECT * FROM items ORDER BY embedding <-> '[3,1,2]' LIMIT 5"),
    ("postgresql", "SELECT * FROM items ORDER BY v <=> $1 LIMIT 5"),
    ("postgresql", "SELECT 1 - (embedding <=> %(embedding_1)s) AS similarity FROM items"),
    ("postgresql", "SELECT (v <#> %s) * -1 FROM items"),
    ("postgresql", "SELECT * FROM items ORDER BY v <+> ? LIMIT 5"),
    ("postgresql", "SELECT v <-> $1::halfvec(3) FROM items"),
    ("postgresql", "SELECT v FROM items ORDER BY v <-> %s::vector"),
    ("postgresql", "SELECT items.v FROM items ORDER BY items.v <-> %(embedding_1)s"),
    ("postgresql", 'SELECT * FROM i ORDER BY "Embedding" <-> $1'),
    ("postgresql", "SELECT * FROM i WHERE name = 'x -- y' ORDER BY v <=> '{1:1,3:2}/5'"),
    ("redis", "FT.SEARCH hotels '*=>[KNN 3 @vec $BLOB AS score]'"),
    ("redis", "VSIM hotels VALUES 3 0.1 0.2 0.3"),
    ("elasticsearch", '{"knn": {"field": "v", "query_vector": [1, 2], "k": 3}}'),
    ("elasticsearch", "{'knn': {'field': '?', 'query_vector': '?'}}"),
    ("opensearch", '{"size": 2, "query": {"knn": {"v": {"vector": [2, 3], "k": 2}}}}'),
    ("mongodb", "aggregate hotels [{'$vectorSearch': {'index': 'v', 'limit': 3}}]"),
    ("mariadb", "SELECT x FROM t ORDER BY VEC_DISTANCE_EUCLIDEAN(v, ?) LIMIT 3"),
    ("cassandra", "SELECT * FROM t ORDER BY v ANN OF [1, 2] LIMIT 3"),
]
OTHERS = [
    ("postgresql", "SELECT id FROM items WHERE id < 5"),
    ("postgresql", "SELECT 'a <=> b' FROM t"),
    ("postgresql", "SELECT 'it''s a <=> b' FROM t"),
    ("postgresql", "SELECT E'it\\'s a <=> b' FROM t"),
    ("postgresql", "SELECT $q$ a <=> b $q$"),
    ("postgresql", "SELECT $$ it's a <=> b $$"),
    ("postgresql", "SELECT 1 -- a <=> b\nFROM t"),
    ("postgresql", "SELECT 1 /* it's a\n<=> b */"),
    ("postgresql", 'SELECT "a <=> b" FROM t'),
    ("postgresql", "SELECT 'cut off a <=> "),
    ("postgresql", "SELECT * FROM p ORDER BY geom <-> 'SRID=4326;POINT(1 2)'::geometry"),
    ("postgresql", "SELECT * FROM p ORDER BY place <-> point '(1,2)' LIMIT 1"),
    ("postgresql", "SELECT title <-> 'hello' FROM w"),
    ("postgresql", "SELECT to_tsquery('fat') <-> to_tsquery('cat')"),
    ("mysql", "SELECT a <=> b FROM t"),
    ("sqlite", "SELECT a FROM t"),
    ("redis", "FT.SEARCH hotels 'quiet KNN'"),
    ("redis", "FT.SEARCH ? ?"),
    ("redis", "SET note '[KNN 3 @vec]'"),
    ("elasticsearch", '{"query": {"match": {"title": "knn"}}}'),
    ("elasticsearch", '{"query": {"match": {"t": "so \\"knn\\": {\\"vector\\": 1}"}}}'),
    ("mongodb", "find hotels {'note': '$vectorSearch'}"),
    ("oracle", "SELECT 'VECTOR_DISTANCE(a, b)' FROM dual"),
]


@pytest.mark.parametrize(("system", "text"), SEARCHES)
def test_a_query_that_searches_by_vectors_is_one_of_a_vector_database(
    system: str, text: str
) -> None:
    """Whatever the database is made for."""
    assert kind(system, text) == "vector_db"


@pytest.mark.parametrize(("system", "text"), OTHERS)
def test_all_other_queries_are_plumbing(system: str, text: str) -> None:
    """Also those with an operator in a literal, a comment or a name, or with another meaning."""
    assert kind(system, text) == "structure"


@pytest.mark.parametrize("name", ["qdrant", "Pinecone", "chroma", "weaviate", "milvus", "vespa"])
@pytest.mark.parametrize("key", ["db.system", "db.system.name"])
def test_a_vector_database_needs_no_text(name: str, key: str) -> None:
    """In any case of letters."""
    assert reader.kind({key: name}) == "vector_db"


def test_a_search_says_what_it_asks_where() -> None:
    """Table and limit stand in the text, which is the query."""
    text = 'SELECT id FROM ONLY public."Hotels" h ORDER BY v <=> $1 LIMIT 3'
    made = reader.read(span("SELECT", {"db.system.name": "postgresql", "db.query.text": text}))
    assert made == Operation(
        kind="vector_db",
        convention="database",
        name="search",
        segment="search_Hotels",
        vector=VectorQuery("search", "postgresql", "Hotels", text, 3),
    )


def test_a_vector_databases_own_words_are_kept() -> None:
    """But for those that have one of ours."""
    attributes = {
        "db.system.name": "turbopuffer",
        "db.operation.name": "Query",
        "db.collection.name": "hotels",
    }
    made = reader.read(span("turbopuffer.query", attributes))
    assert (made.segment, made.vector) == (
        "search_hotels",
        VectorQuery("search", "turbopuffer", "hotels"),
    )


def test_redis_tells_the_query_beside_its_masked_statement() -> None:
    """As its instrumentation writes it."""
    attributes = {
        "db.system": "redis",
        "db.statement": "FT.SEARCH ? ?",
        "redis.search.index": "hotels",
        "redis.search.query": "*=>[KNN 3 @vec $BLOB]",
    }
    made = reader.read(span("FT.SEARCH", attributes))
    assert (made.kind, made.segment) == ("vector_db", "search_hotels")


def test_plumbing_adds_nothing_to_the_path() -> None:
    """Nor does a span whose statement comes later."""
    plain = span("SELECT", {"db.system": "postgresql", "db.statement": "SELECT 1"})
    assert reader.read(plain) == Operation(convention="database")
    assert reader.segment(plain) == ""
    assert reader.kind({"db.system": "postgresql"}) is None


@pytest.mark.parametrize("junk", [None, 7, b"x", (), ("a",), True, float("nan"), "", "x" * 10_000])
@pytest.mark.parametrize("key", ["db.system", "db.statement", "db.query.text", "db.operation"])
def test_nothing_raises_on_attributes_of_any_type(key: str, junk: Any) -> None:
    """Whatever a library writes."""
    for system in ("postgresql", "redis", "qdrant"):
        attributes = {"db.system": system, "db.statement": "SELECT 1", key: junk}
        reader.read(span("x", attributes))
        database.kind(attributes)
        database.segment("x", attributes)


@pytest.mark.parametrize(
    "part",
    ["vec", "'", "e'\\", "/*", "$a$", '"knn":{', "<->", "embed ", "[KNN", "0.1,", "((", "--"],
)
def test_the_verdict_is_linear_in_the_text(part: str) -> None:
    """A third of a megabyte of anything takes a part of a second."""
    for system in ("postgresql", "redis", "elasticsearch", "mongodb", "oracle"):
        for text in (part * (300_000 // len(part)), f"FT.SEARCH <-> {part * 50_000}"):
            neighbours.are_searched(system, text)
            neighbours.described(system, text)
