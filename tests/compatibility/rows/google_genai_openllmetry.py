"""Google's GenAI SDK, instrumented by OpenLLMetry."""

LIBRARY = "google-genai"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "google-genai==3.4.0",
    "opentelemetry-instrumentation-google-generativeai==0.62.4",
)
ENVIRONMENT = "openllmetry"
UNSEEN = {
    "embed": "embeddings are not instrumented",
}
EMPTY = {
    "messages": "of a stream it keeps the last piece only",
    "streaming": "it does not say that it streams",
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "google_genai"


def instrument(provider):
    from opentelemetry.instrumentation.google_generativeai import GoogleGenerativeAiInstrumentor

    GoogleGenerativeAiInstrumentor().instrument(tracer_provider=provider)
