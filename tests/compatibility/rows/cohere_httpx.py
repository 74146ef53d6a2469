"""Cohere's SDK, instrumented by nobody: its calls are seen in its HTTP client."""

LIBRARY = "cohere"
INSTRUMENTATION = "ours, over HTTP"
REQUIREMENTS = ("cohere==7.3.1",)
ENVIRONMENT = "openinference"
PROGRAM = "cohere_sdk"


def instrument(provider):
    from otel_helisession import instrument_httpx

    instrument_httpx(tracer_provider=provider)
