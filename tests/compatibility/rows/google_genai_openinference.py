"""Google's GenAI SDK, instrumented by OpenInference."""

LIBRARY = "google-genai"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "google-genai==3.4.0",
    "openinference-instrumentation-google-genai==1.4.14",
)
ENVIRONMENT = "openinference"
EMPTY = {
    "streaming": "it does not say that it streams",
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "google_genai"


def instrument(provider):
    from openinference.instrumentation.google_genai import GoogleGenAIInstrumentor

    GoogleGenAIInstrumentor().instrument(tracer_provider=provider)
