"""record.vector: one call of a vector database, by hand."""

from types import SimpleNamespace

import pytest
from opentelemetry.trace import SpanKind
from qdrant_client.models import ScoredPoint

from otel_helisession import record, session
from otel_helisession.conventions.operation import Operation, VectorQuery
from otel_helisession.conventions.reader import read
from tests.collecting import CollectedSpans


def test_a_search_reads_back_in_full(spans: CollectedSpans) -> None:
    """It is a retrieval in the GenAI conventions, and a database call in OpenTelemetry's."""
    with record.vector(
        "search", database="qdrant", collection="hotels", query="quiet", top_k=3
    ) as query:
        query.filter = {"city": "Kyoto"}
        query.matches = [{"id": 4, "score": 0.75, "name": "Machiya Sen"}]
    span = spans.one("search hotels")
    assert span.kind is SpanKind.CLIENT
    assert dict(span.attributes) == {
        "helicone.request.type": "vector_db",
        "helicone.vector.operation": "search",
        "gen_ai.operation.name": "retrieval",
        "db.system.name": "qdrant",
        "db.operation.name": "search",
        "db.collection.name": "hotels",
        "gen_ai.retrieval.query.text": "quiet",
        "gen_ai.retrieval.top_k": 3,
        "helicone.vector.filter": '{"city":"Kyoto"}',
        "gen_ai.retrieval.documents": '[{"id":4,"score":0.75,"name":"Machiya Sen"}]',
    }
    assert read(span) == Operation(
        kind="vector_db",
        convention="helisession",
        name="search",
        segment="search_hotels",
        vector=VectorQuery(
            operation="search",
            database="qdrant",
            collection="hotels",
            query="quiet",
            top_k=3,
            filter={"city": "Kyoto"},
            matches=({"id": 4, "score": 0.75, "name": "Machiya Sen"},),
        ),
    )


def test_an_insert_is_no_retrieval(spans: CollectedSpans) -> None:
    """Writing into the database is a vector call all the same."""
    with record.vector("insert", database="chroma", collection="notes"):
        pass
    span = spans.one("insert notes")
    assert "gen_ai.operation.name" not in span.attributes
    assert read(span).vector == VectorQuery("insert", database="chroma", collection="notes")


def test_without_a_collection_the_database_names_the_span(spans: CollectedSpans) -> None:
    """A span always has a name that says something."""
    with record.vector("search", database="faiss"):
        pass
    assert read(spans.one("search faiss")).segment == "search"


def test_a_decorated_search_records_its_query_and_what_it_returns(spans: CollectedSpans) -> None:
    """Query and top_k are the arguments of those names."""

    @record.vector("search", database="qdrant", collection="hotels")
    def search(query: str, top_k: int = 5) -> list[dict[str, int]]:
        return [{"id": 1}]

    assert search("garden", top_k=2) == [{"id": 1}]
    assert read(spans.one("search hotels")).vector == VectorQuery(
        "search",
        database="qdrant",
        collection="hotels",
        query="garden",
        top_k=2,
        matches=({"id": 1},),
    )


_POINT = ScoredPoint(id=1, version=0, score=0.5, payload={"name": "Kamo Tower"})


@pytest.mark.parametrize(
    ("found", "first"),
    [
        ([_POINT], {"id": 1, "version": 0, "score": 0.5, "payload": {"name": "Kamo Tower"}}),
        (SimpleNamespace(points=[{"id": 1}]), {"id": 1}),
        ({"matches": [{"id": "a"}], "namespace": ""}, {"id": "a"}),
        ((("a text", 0.25),), {"document": "a text", "score": 0.25}),
        (["a text"], {"content": "a text"}),
    ],
    ids=["qdrant points", "qdrant answer", "Pinecone answer", "LangChain pairs", "texts"],
)
def test_matches_come_in_the_databases_own_shapes(
    spans: CollectedSpans, found: object, first: dict[str, object]
) -> None:
    """What the client returned can be handed over as it is."""
    with record.vector("search", database="any") as query:
        query.matches = found
    vector = read(spans.one("search any")).vector
    assert vector is not None
    assert vector.matches is not None
    assert {key: vector.matches[0][key] for key in first} == first


def test_no_matches_is_not_unknown_matches(spans: CollectedSpans) -> None:
    """An empty list says that nothing was found."""
    with record.vector("search", database="any") as query:
        query.matches = []
    vector = read(spans.one("search any")).vector
    assert vector == VectorQuery("search", database="any", matches=())


def test_it_adds_its_function_to_the_path(spans: CollectedSpans) -> None:
    """A search of the collection hotels is search_hotels, once."""
    with (
        session("Trip planner", path="/trip"),
        record.tool("search_hotels"),
        record.vector("search", database="qdrant", collection="hotels"),
    ):
        pass
    path = spans.one("search hotels").attributes["helicone.session.path"]
    assert path == "/trip/search_hotels"


def test_a_vector_as_query_is_written_as_json(spans: CollectedSpans) -> None:
    """Who searches by a vector sees that vector."""
    with record.vector("search", database="any", query=[0.5, 1.0]):
        pass
    assert spans.one("search any").attributes["gen_ai.retrieval.query.text"] == "[0.5,1.0]"


def test_a_database_that_is_no_text_is_refused() -> None:
    """Wrong use says what was given."""
    with pytest.raises(TypeError, match="a database must be a str, not NoneType"):
        record.vector("search", database=None)  # type: ignore[arg-type]
