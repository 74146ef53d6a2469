"""LangChain with LangGraph, instrumented by OpenLLMetry."""

LIBRARY = "langchain"
INSTRUMENTATION = "OpenLLMetry"
REQUIREMENTS = (
    "langchain==1.4.7",
    "langchain-openai==1.7.3",
    "langgraph==1.2.22",
    "numpy==2.4.6",
    "opentelemetry-instrumentation-langchain==0.62.4",
)
ENVIRONMENT = "langchain"
PROGRAM = "langchain_agent"
EMPTY = {
    "streaming": "the library does not say whether it streams",
    "time to first token": "the library does not say",
}


def instrument(provider):
    from opentelemetry.instrumentation.langchain import LangchainInstrumentor

    LangchainInstrumentor().instrument(tracer_provider=provider)
