"""OpenAI's SDK 2, instrumented by the official GenAI instrumentation."""

LIBRARY = "openai"
INSTRUMENTATION = "official GenAI"
REQUIREMENTS = (
    "openai==2.54.0",
    "opentelemetry-instrumentation-genai-openai==1.3b0",
)
ENVIRONMENT = "openai2"
PROGRAM = "openai_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider)
