"""Cohere's SDK, instrumented by OpenInference."""

LIBRARY = "cohere"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "cohere==7.3.1",
    "openinference-instrumentation-cohere==0.1.15",
)
ENVIRONMENT = "openinference"
EMPTY = {
    "usage": "of embeddings it says none",
    "streaming": "it does not say that it streams",
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "cohere_sdk"


def instrument(provider):
    from openinference.instrumentation.cohere import CohereInstrumentor

    CohereInstrumentor().instrument(tracer_provider=provider)
