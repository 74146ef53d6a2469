"""Google's GenAI SDK, instrumented by nobody: its calls are seen in its HTTP client."""

LIBRARY = "google-genai"
INSTRUMENTATION = "ours, over HTTP"
REQUIREMENTS = ("google-genai==3.4.0",)
ENVIRONMENT = "openinference"
PROGRAM = "google_genai"


def instrument(provider):
    from otel_helisession import instrument_httpx

    instrument_httpx(tracer_provider=provider)
