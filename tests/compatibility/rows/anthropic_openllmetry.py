"""Anthropic's SDK, instrumented by OpenLLMetry."""

LIBRARY = "anthropic"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "anthropic==2.12.0",
    "opentelemetry-instrumentation-anthropic==0.62.4",
)
ENVIRONMENT = "openllmetry"
EMPTY = {
    "usage": "in a stream it adds the first count of output tokens to the last",
    "streaming": "it does not say that it streams",
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "anthropic_sdk"
VARIABLES = {"ANTHROPIC_OPEN_TELEMETRY": "false"}  # its own tracing: see anthropic_own


def instrument(provider):
    from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

    AnthropicInstrumentor().instrument(tracer_provider=provider)
