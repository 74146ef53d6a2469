"""OpenAI's SDK 3, instrumented by nobody: its calls are seen in its HTTP client."""

LIBRARY = "openai"
INSTRUMENTATION = "ours, over HTTP"
REQUIREMENTS = ("openai==3.54.0",)
ENVIRONMENT = "official"
PROGRAM = "openai_sdk"


def instrument(provider):
    from otel_helisession import instrument_httpx

    instrument_httpx(tracer_provider=provider)
