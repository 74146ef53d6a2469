"""Milvus's client on Milvus Lite, instrumented by OpenLLMetry."""

LIBRARY = "pymilvus"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "pymilvus==3.0.2",
    "milvus-lite==3.2.2",
    "opentelemetry-instrumentation-milvus==0.60.0",
)
ENVIRONMENT = "openllmetry_vectors"


def instrument(provider):
    from opentelemetry.instrumentation.milvus import MilvusInstrumentor

    MilvusInstrumentor().instrument(tracer_provider=provider)


_made = []


def _client():
    from pymilvus import MilvusClient

    if not _made:
        _made.append(MilvusClient("milvus.db"))
        _made[0].create_collection(collection_name="hotels", dimension=3)
    return _made[0]


def insert(llm):
    rows = [
        {"id": 1, "vector": [0.1, 0.9, 0.0], "name": "Machiya Sen"},
        {"id": 2, "vector": [0.8, 0.1, 0.1], "name": "Kamo Tower"},
    ]
    _client().insert(collection_name="hotels", data=rows)


def search(llm):
    _client().search(
        collection_name="hotels",
        data=[[0.2, 0.8, 0.0]],
        limit=2,
        filter="id > 0",
        output_fields=["name"],
    )


def query_search(llm):
    _client().query(collection_name="hotels", filter="id == 1", output_fields=["name"])


def delete(llm):
    _client().delete(collection_name="hotels", ids=[2])


def failure(llm):
    _client().search(collection_name="no_such_collection", data=[[0.2, 0.8, 0.0]])
