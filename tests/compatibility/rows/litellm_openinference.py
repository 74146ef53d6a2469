"""LiteLLM, instrumented by OpenInference."""

LIBRARY = "litellm"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "litellm[mcp]==1.106.2",
    "openinference-instrumentation-litellm==0.1.51",
)
ENVIRONMENT = "litellm"
EMPTY = {
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "litellm_sdk"


def instrument(provider):
    from openinference.instrumentation.litellm import LiteLLMInstrumentor

    LiteLLMInstrumentor().instrument(tracer_provider=provider)
