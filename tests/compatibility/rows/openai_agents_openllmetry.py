"""OpenAI's Agents SDK with a hand-off, instrumented by OpenLLMetry."""

LIBRARY = "openai-agents"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "openai==3.54.0",
    "openai-agents==0.24.0",
    "opentelemetry-instrumentation-openai-agents==0.62.4",
)
ENVIRONMENT = "openai3"
EMPTY = {
    "usage": "of chat completions it says none",
    "messages": "of chat completions it keeps no answer",
    "tool calls": "of chat completions it keeps no calls of tools",
    "streaming": "it does not say that it streams",
    "time to first token": "it does not say when the first piece came",
}
PROGRAM = "openai_agents_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.openai_agents import OpenAIAgentsInstrumentor

    OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
