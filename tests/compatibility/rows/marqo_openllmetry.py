"""Marqo's client against a scripted server, instrumented by OpenLLMetry."""

LIBRARY = "marqo"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = ("marqo==3.18.2", "opentelemetry-instrumentation-marqo==0.62.4")
ENVIRONMENT = "openllmetry_vectors"
VOLATILE = {r"127\.0\.0\.1:\d+": "127.0.0.1:8080"}


def instrument(provider):
    from opentelemetry.instrumentation.marqo import MarqoInstrumentor

    MarqoInstrumentor().instrument(tracer_provider=provider)


def _client():
    import marqo

    from tests.servers import vector_answers

    return marqo.Client(url=vector_answers.url("marqo"))


def insert(llm):
    documents = [{"_id": "sen", "name": "Machiya Sen"}]
    _client().index("hotels").add_documents(documents=documents, tensor_fields=["name"])


def search(llm):
    _client().index("hotels").search(q="a quiet house", limit=2)


def delete(llm):
    _client().index("hotels").delete_documents(ids=["kamo"])


def failure(llm):
    _client().index("no_such_index").search(q="a quiet house")
