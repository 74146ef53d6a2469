"""Groq's SDK, instrumented by OpenInference."""

LIBRARY = "groq"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "groq==1.7.0",
    "openinference-instrumentation-groq==0.1.33",
)
ENVIRONMENT = "openinference"
EMPTY = {
    "usage": "of a stream it says none",
    "messages": "of a stream it keeps no answer",
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "groq_sdk"


def instrument(provider):
    from openinference.instrumentation.groq import GroqInstrumentor

    GroqInstrumentor().instrument(tracer_provider=provider)
