"""Groq's SDK, instrumented by nobody: its calls are seen in its HTTP client."""

LIBRARY = "groq"
INSTRUMENTATION = "ours, over HTTP"
REQUIREMENTS = ("groq==1.7.0",)
ENVIRONMENT = "openinference"
PROGRAM = "groq_sdk"


def instrument(provider):
    from otel_helisession import instrument_httpx

    instrument_httpx(tracer_provider=provider)
