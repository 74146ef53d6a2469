"""Qdrant's client on its embedded database, instrumented by OpenLLMetry."""

LIBRARY = "qdrant-client"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "qdrant-client==1.20.0",
    "opentelemetry-instrumentation-qdrant==0.62.4",
)
ENVIRONMENT = "openllmetry"
PROGRAM = "qdrant"


def instrument(provider):
    from opentelemetry.instrumentation.qdrant import QdrantInstrumentor

    QdrantInstrumentor().instrument(tracer_provider=provider)
