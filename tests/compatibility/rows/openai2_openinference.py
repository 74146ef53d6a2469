"""OpenAI's SDK 2, instrumented by OpenInference."""

LIBRARY = "openai"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "openai==2.54.0",
    "openinference-instrumentation-openai==0.1.66",
)
ENVIRONMENT = "openai2"
PROGRAM = "openai_sdk"


def instrument(provider):
    from openinference.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument(tracer_provider=provider)
