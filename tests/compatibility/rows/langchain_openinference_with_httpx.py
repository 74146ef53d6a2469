"""LangChain by OpenInference, with our own spans for httpx: no call counts twice."""

LIBRARY = "langchain"
INSTRUMENTATION = "OpenInference, and `instrument_httpx()`"
REQUIREMENTS = (
    "langchain==1.4.7",
    "langchain-openai==1.7.3",
    "langgraph==1.2.22",
    "numpy==2.4.6",
    "openinference-instrumentation-langchain==0.1.80",
)
ENVIRONMENT = "langchain"
PROGRAM = "langchain_agent"


def instrument(provider):
    from openinference.instrumentation.langchain import LangChainInstrumentor

    from otel_helisession.http import instrument_httpx

    LangChainInstrumentor().instrument(tracer_provider=provider)
    instrument_httpx(capture_content=True, tracer_provider=provider)
