"""Anthropic's SDK, instrumented by nobody: its calls are seen in its HTTP client."""

LIBRARY = "anthropic"
INSTRUMENTATION = "ours, over HTTP"
REQUIREMENTS = ("anthropic==2.12.0",)
ENVIRONMENT = "official"
PROGRAM = "anthropic_sdk"
VARIABLES = {"ANTHROPIC_OPEN_TELEMETRY": "false"}  # its own tracing: see anthropic_own


def instrument(provider):
    from otel_helisession import instrument_httpx

    instrument_httpx(tracer_provider=provider)
