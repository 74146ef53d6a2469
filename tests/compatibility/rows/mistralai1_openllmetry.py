"""Mistral's SDK 1, the last that it knows, instrumented by OpenLLMetry."""

LIBRARY = "mistralai"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "mistralai==1.12.4",
    "opentelemetry-instrumentation-mistralai==0.62.4",
)
ENVIRONMENT = "openai2"
EMPTY = {
    "messages": "it cannot read messages that are dicts",
    "tool calls": "it writes no tool calls",
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "mistral_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.mistralai import MistralAiInstrumentor

    MistralAiInstrumentor().instrument(tracer_provider=provider)
