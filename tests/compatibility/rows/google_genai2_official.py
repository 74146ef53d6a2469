"""Google's GenAI SDK 2, instrumented by the official instrumentation, which knows no newer one."""

LIBRARY = "google-genai"
INSTRUMENTATION = "official GenAI"
REQUIREMENTS = (
    "google-genai==2.34.0",
    "opentelemetry-instrumentation-google-genai==1.3b0",
)
ENVIRONMENT = "official"
PROGRAM = "google_genai"


def instrument(provider):
    from opentelemetry.instrumentation.google_genai import GoogleGenAiSdkInstrumentor

    GoogleGenAiSdkInstrumentor().instrument(tracer_provider=provider)
