"""OpenAI's Agents SDK with a hand-off, instrumented by the official GenAI instrumentation."""

LIBRARY = "openai-agents"
INSTRUMENTATION = "official GenAI"
REQUIREMENTS = (
    "openai==3.54.0",
    "openai-agents==0.24.0",
    "opentelemetry-instrumentation-genai-openai-agents==1.3b0",
)
ENVIRONMENT = "openai_agents"
PROGRAM = "openai_agents_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.genai.openai_agents import OpenAIAgentsInstrumentor

    OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
