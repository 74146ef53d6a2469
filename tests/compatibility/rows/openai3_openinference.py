"""OpenAI's SDK 3, instrumented by OpenInference."""

LIBRARY = "openai"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "openai==3.54.0",
    "openinference-instrumentation-openai==0.1.66",
)
ENVIRONMENT = "openinference"
PROGRAM = "openai_sdk"


def instrument(provider):
    from openinference.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider)
