"""Chroma, embedded, instrumented by OpenLLMetry."""

LIBRARY = "chromadb"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "chromadb==1.5.9",
    "opentelemetry-instrumentation-chromadb==0.62.4",
)
ENVIRONMENT = "openllmetry"
PROGRAM = "chroma"


def instrument(provider):
    from opentelemetry.instrumentation.chromadb import ChromaInstrumentor

    ChromaInstrumentor().instrument(tracer_provider=provider)
