"""Chroma's client on a server, instrumented by nobody: its calls are seen in its HTTP client."""

import chromadb

from tests.servers.vectors import VectorDatabases

LIBRARY = "chromadb"
INSTRUMENTATION = "ours, over HTTP"
REQUIREMENTS = ("chromadb==1.5.9",)
ENVIRONMENT = "openllmetry"


def instrument(provider):
    from otel_helisession import instrument_httpx

    instrument_httpx(tracer_provider=provider)


def _hotels(server):
    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.HttpClient(host="127.0.0.1", port=server.port, settings=settings)
    return client.get_or_create_collection("hotels", embedding_function=None)


def insert(llm):
    with VectorDatabases() as server:
        _hotels(server).add(ids=["7"], embeddings=[[0.1, 0.9, 0.0]], documents=["Casa do Bairro"])


def search(llm):
    with VectorDatabases() as server:
        _hotels(server).query(
            query_embeddings=[[0.2, 0.8, 0.0]], n_results=2, where={"city": "Lisbon"}
        )


def failure(llm):
    with VectorDatabases() as server:
        hotels = _hotels(server)
        path = f"/api/v2/tenants/default_tenant/databases/default_database/collections/{hotels.id}"
        refused = b'{"error": "InvalidArgumentError", "message": "wrong dimension"}'
        server.answers[f"{path}/query"] = (400, {"content-type": "application/json"}, refused)
        hotels.query(query_embeddings=[[0.2]], n_results=2)
