"""Cohere's SDK 5, the last that it knows, instrumented by OpenLLMetry."""

LIBRARY = "cohere"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "cohere==5.21.1",
    "opentelemetry-instrumentation-cohere==0.62.4",
)
ENVIRONMENT = "openllmetry"
EMPTY = {
    "usage": "of embeddings it says none",
    "streaming": "it does not say that it streams",
}
PROGRAM = "cohere_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.cohere import CohereInstrumentor

    CohereInstrumentor().instrument(tracer_provider=provider)
