"""OpenAI's Agents SDK with a hand-off, instrumented by OpenInference."""

LIBRARY = "openai-agents"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "openai==3.54.0",
    "openai-agents==0.24.0",
    "openinference-instrumentation-openai-agents==2.6.0",
)
ENVIRONMENT = "openai3"
PROGRAM = "openai_agents_sdk"
EMPTY = {
    "streaming": "the Agents SDK's own tracing does not say whether it streams",
    "time to first token": "the Agents SDK's own tracing does not say",
}


def instrument(provider):
    from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor

    OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
