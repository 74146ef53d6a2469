"""Anthropic's SDK, instrumented by the official GenAI instrumentation."""

LIBRARY = "anthropic"
INSTRUMENTATION = "official GenAI"
REQUIREMENTS = (
    "anthropic==2.12.0",
    "opentelemetry-instrumentation-genai-anthropic==1.3b0",
)
ENVIRONMENT = "official"
PROGRAM = "anthropic_sdk"
VARIABLES = {"ANTHROPIC_OPEN_TELEMETRY": "false"}  # its own tracing: see anthropic_own


def instrument(provider):
    from opentelemetry.instrumentation.genai.anthropic import AnthropicInstrumentor

    AnthropicInstrumentor().instrument(tracer_provider=provider)
