"""Pinecone's client against a scripted server, instrumented by OpenLLMetry."""

LIBRARY = "pinecone"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = ("pinecone==8.1.2", "opentelemetry-instrumentation-pinecone==0.60.0")
ENVIRONMENT = "openllmetry_vectors"
VOLATILE = {r"127\.0\.0\.1:\d+": "127.0.0.1:8080"}


def instrument(provider):
    from opentelemetry.instrumentation.pinecone import PineconeInstrumentor

    PineconeInstrumentor().instrument(tracer_provider=provider)


def _hotels():
    from pinecone import Pinecone

    from tests.servers import vector_answers

    return Pinecone(api_key="pcsk-0000").Index(host=vector_answers.url("pinecone"))


def insert(llm):
    _hotels().upsert(vectors=[("sen", [0.1, 0.9, 0.0]), ("kamo", [0.8, 0.1, 0.1])])


def search(llm):
    _hotels().query(
        vector=[0.2, 0.8, 0.0],
        top_k=2,
        namespace="kyoto",
        filter={"stars": {"$gte": 3}},
        include_metadata=True,
        include_values=True,
    )


def delete(llm):
    _hotels().delete(ids=["kamo"])


def failure(llm):
    _hotels().query(vector=[0.2, 0.8, 0.0], top_k=100_000)
