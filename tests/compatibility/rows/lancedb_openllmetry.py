"""LanceDB, embedded, instrumented by OpenLLMetry."""

LIBRARY = "lancedb"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = ("lancedb==0.40.0", "opentelemetry-instrumentation-lancedb==0.62.4")
ENVIRONMENT = "openllmetry_vectors"


def instrument(provider):
    from opentelemetry.instrumentation.lancedb import LanceInstrumentor

    LanceInstrumentor().instrument(tracer_provider=provider)


def _hotels():
    import lancedb

    rows = [{"vector": [0.1, 0.9], "name": "Machiya Sen"}]
    return lancedb.connect("lance").create_table("hotels", rows, exist_ok=True)


def insert(llm):
    _hotels().add(data=[{"vector": [0.8, 0.1], "name": "Kamo Tower"}])


def search(llm):
    _hotels().search(query=[0.2, 0.8]).limit(2).to_list()


def delete(llm):
    _hotels().delete(where="name = 'Kamo Tower'")


def failure(llm):
    _hotels().delete(where="no such column = 1")
