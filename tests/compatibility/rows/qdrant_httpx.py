"""Qdrant's client on a server, instrumented by nobody: its calls are seen in its HTTP client."""

from qdrant_client import QdrantClient, models

from tests.servers.vectors import VectorDatabases

LIBRARY = "qdrant-client"
INSTRUMENTATION = "ours, over HTTP"
REQUIREMENTS = ("qdrant-client==1.20.0",)
ENVIRONMENT = "openllmetry"


def instrument(provider):
    from otel_helisession import instrument_httpx

    instrument_httpx(tracer_provider=provider)


def _client(server):
    return QdrantClient(url=server.url, check_compatibility=False)


def insert(llm):
    point = models.PointStruct(id=7, vector=[0.1, 0.9, 0.0], payload={"name": "Casa do Bairro"})
    with VectorDatabases() as server:
        _client(server).upsert("hotels", [point])


def search(llm):
    lisbon = models.FieldCondition(key="city", match=models.MatchValue(value="Lisbon"))
    with VectorDatabases() as server:
        _client(server).query_points(
            "hotels",
            query=[0.2, 0.8, 0.0],
            limit=2,
            query_filter=models.Filter(must=[lisbon]),
        )


def failure(llm):
    path = "/collections/hotels/points/query"
    refused = b'{"status": {"error": "Not found: Collection `hotels`"}, "time": 0.1}'
    with VectorDatabases() as server:
        server.answers[path] = (404, {"content-type": "application/json"}, refused)
        _client(server).query_points("hotels", query=[0.2, 0.8, 0.0])
