"""OpenAI's SDK 1, instrumented by an OpenLLMetry that flattens messages and names no operation."""

LIBRARY = "openai"
INSTRUMENTATION = "OpenLLMetry 0.40"
REQUIREMENTS = (
    "openai==1.99.9",
    "httpx<1",
    "opentelemetry-instrumentation-openai==0.40.14",
    "opentelemetry-semantic-conventions-ai==0.4.9",
)
ENVIRONMENT = "openllmetry_old"
EMPTY = {
    "kind": "it does not instrument the Responses API",
    "usage": "it does not say tokens of streams",
    "tool calls": "it does not instrument the Responses API",
}
PROGRAM = "openai_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider)
