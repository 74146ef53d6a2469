"""Mistral's SDK, instrumented by OpenInference."""

LIBRARY = "mistralai"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "mistralai==3.7.0",
    "openinference-instrumentation-mistralai==2.2.2",
)
ENVIRONMENT = "openinference"
UNSEEN = {
    "embed": "embeddings are not instrumented",
}
PROGRAM = "mistral_sdk"


def instrument(provider):
    from openinference.instrumentation.mistralai import MistralAIInstrumentor

    MistralAIInstrumentor().instrument(tracer_provider=provider)
