"""Mistral's SDK, instrumented by nobody: its calls are seen in its HTTP client."""

LIBRARY = "mistralai"
INSTRUMENTATION = "ours, over HTTP"
REQUIREMENTS = ("mistralai==3.7.0",)
ENVIRONMENT = "openinference"
PROGRAM = "mistral_sdk"


def instrument(provider):
    from otel_helisession import instrument_httpx

    instrument_httpx(tracer_provider=provider)
