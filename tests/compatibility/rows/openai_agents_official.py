"""OpenAI's Agents SDK with a hand-off, instrumented by the official GenAI instrumentation."""

LIBRARY = "openai-agents"
INSTRUMENTATION = "official GenAI, of agents and of OpenAI's SDK"
REQUIREMENTS = (
    "openai==3.54.0",
    "openai-agents==0.24.0",
    "opentelemetry-instrumentation-genai-openai-agents==1.3b0",
    "opentelemetry-instrumentation-genai-openai==1.3b0",
)
ENVIRONMENT = "openai3"
PROGRAM = "openai_agents_sdk"


def instrument(provider):
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
    from opentelemetry.instrumentation.genai.openai_agents import OpenAIAgentsInstrumentor

    OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
    OpenAIInstrumentor().instrument(tracer_provider=provider)
