"""LangChain with LangGraph, instrumented by the official GenAI instrumentation."""

LIBRARY = "langchain"
INSTRUMENTATION = "official GenAI"
REQUIREMENTS = (
    "langchain==1.4.7",
    "langchain-openai==1.7.3",
    "langgraph==1.2.22",
    "numpy==2.4.6",
    "opentelemetry-instrumentation-genai-langchain==1.3b0",
)
ENVIRONMENT = "langchain"
PROGRAM = "langchain_agent"


def instrument(provider):
    from opentelemetry.instrumentation.genai.langchain import LangChainInstrumentor

    LangChainInstrumentor().instrument(tracer_provider=provider)
