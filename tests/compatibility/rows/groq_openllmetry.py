"""Groq's SDK, instrumented by OpenLLMetry."""

LIBRARY = "groq"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "groq==1.7.0",
    "opentelemetry-instrumentation-groq==0.62.4",
)
ENVIRONMENT = "openllmetry"
EMPTY = {
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "groq_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.groq import GroqInstrumentor

    GroqInstrumentor().instrument(tracer_provider=provider)
