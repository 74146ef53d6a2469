"""OpenAI's SDK 2, instrumented by nobody: its calls are seen in its HTTP client."""

LIBRARY = "openai"
INSTRUMENTATION = "ours, over HTTP"
REQUIREMENTS = ("openai==2.54.0",)
ENVIRONMENT = "openai2"
PROGRAM = "openai_sdk"


def instrument(provider):
    from otel_helisession import instrument_httpx

    instrument_httpx(tracer_provider=provider)
