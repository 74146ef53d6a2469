"""Anthropic's SDK with its own tracing, as it is by default, and the official instrumentation."""

LIBRARY = "anthropic"
INSTRUMENTATION = "official GenAI, and its own"
REQUIREMENTS = (
    "anthropic==2.12.0",
    "opentelemetry-instrumentation-genai-anthropic==1.3b0",
)
ENVIRONMENT = "official"
PROGRAM = "anthropic_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.genai.anthropic import AnthropicInstrumentor

    AnthropicInstrumentor().instrument(tracer_provider=provider)
