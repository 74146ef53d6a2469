"""LangChain with LangGraph, instrumented by OpenInference."""

LIBRARY = "langchain"
INSTRUMENTATION = "OpenInference"
REQUIREMENTS = (
    "langchain==1.4.7",
    "langchain-openai==1.7.3",
    "langgraph==1.2.22",
    "numpy==2.4.6",
    "openinference-instrumentation-langchain==0.1.80",
)
ENVIRONMENT = "langchain"
PROGRAM = "langchain_agent"
EMPTY = {
    "streaming": "what the model is asked for is written before it streams",
    "time to first token": "it writes no event for the first token",
}


def instrument(provider):
    from openinference.instrumentation.langchain import LangChainInstrumentor

    LangChainInstrumentor().instrument(tracer_provider=provider)
