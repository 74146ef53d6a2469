"""OpenAI's SDK 3, instrumented by the official GenAI instrumentation."""

LIBRARY = "openai"
INSTRUMENTATION = "official GenAI"
REQUIREMENTS = (
    "openai==3.54.0",
    "opentelemetry-instrumentation-genai-openai==1.3b0",
)
ENVIRONMENT = "official"
PROGRAM = "openai_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider)
