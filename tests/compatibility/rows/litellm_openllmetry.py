"""LiteLLM, instrumented by OpenLLMetry."""

LIBRARY = "litellm"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "litellm[mcp]==1.106.2",
    "opentelemetry-instrumentation-litellm==0.62.4",
)
ENVIRONMENT = "litellm"
EMPTY = {
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "litellm_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.litellm import LiteLLMInstrumentor

    LiteLLMInstrumentor().instrument(tracer_provider=provider)
