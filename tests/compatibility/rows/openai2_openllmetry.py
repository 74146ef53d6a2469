"""OpenAI's SDK 2, instrumented by OpenLLMetry."""

LIBRARY = "openai"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "openai==2.54.0",
    "opentelemetry-instrumentation-openai==0.62.4",
)
ENVIRONMENT = "openai2"
EMPTY = {
    "time to first token": "of streamed responses it says none",
}
PROGRAM = "openai_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider)
