"""Anthropic's SDK with its own tracing, as it is by default, and OpenLLMetry."""

LIBRARY = "anthropic"
INSTRUMENTATION = "OpenLLMetry, and its own"
REQUIREMENTS = (
    "anthropic==2.12.0",
    "opentelemetry-instrumentation-anthropic==0.62.4",
)
ENVIRONMENT = "openllmetry"
EMPTY = {
    "usage": "in a stream it adds the first count of output tokens to the last",
}
PROGRAM = "anthropic_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

    AnthropicInstrumentor().instrument(tracer_provider=provider)
