"""Anthropic's SDK, instrumented by OpenInference."""

LIBRARY = "anthropic"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "anthropic==2.12.0",
    "openinference-instrumentation-anthropic==3.1.0",
)
ENVIRONMENT = "openinference"
PROGRAM = "anthropic_sdk"


def instrument(provider):
    from openinference.instrumentation.anthropic import AnthropicInstrumentor

    AnthropicInstrumentor().instrument(tracer_provider=provider)
