"""OpenAI's Agents SDK with a hand-off, instrumented by OpenLLMetry."""

LIBRARY = "openai-agents"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "openai==3.54.0",
    "openai-agents==0.24.0",
    "opentelemetry-instrumentation-openai-agents==0.62.4",
)
ENVIRONMENT = "openai_agents"
PROGRAM = "openai_agents_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.openai_agents import OpenAIAgentsInstrumentor

    OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
