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
EMPTY = {"usage": "it does not say tokens of streams"}
UNSEEN = {
    "responses_chat": "responses are not instrumented",
    "responses_tool": "responses are not instrumented",
    "responses_stream": "responses are not instrumented",
}
PROGRAM = "openai_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider)
