"""OpenAI's SDK 3 and functions, traced by LangSmith and written as OpenTelemetry spans."""

from tests.compatibility.programs import wrapped_openai

LIBRARY = "openai"
INSTRUMENTATION = "LangSmith"
REQUIREMENTS = (
    "langchain==1.4.7",
    "langchain-openai==1.7.3",
    "langsmith==0.15.0",
    "openai==3.54.0",
    "opentelemetry-exporter-otlp-proto-http==1.45.2",
)
ENVIRONMENT = "langchain"
VARIABLES = {
    "LANGSMITH_TRACING": "true",
    "LANGSMITH_OTEL_ENABLED": "true",
    "LANGSMITH_OTEL_ONLY": "true",
    "LANGSMITH_API_KEY": "lsv2_0000",
    "LANGSMITH_ENDPOINT": "http://127.0.0.1:9",
    "LANGSMITH_PROJECT": "trips",
}
VARIES = {
    "session": "LangSmith makes its spans on a thread, and a parent's end before its children",
    "path": "LangSmith makes its spans on a thread, and a parent's end before its children",
}
EMPTY = {
    "time to first token": "LangSmith keeps it as an event of the run, which it does not write",
}


def instrument(provider):
    """Nothing to do: LangSmith takes the global provider."""


def _client(llm):
    from langsmith.wrappers import wrap_openai
    from openai import OpenAI

    return wrap_openai(OpenAI(base_url=llm.openai_url, api_key="sk-0000", max_retries=0))


def _flush():
    """Wait: LangSmith makes its spans on a thread, when the runs have ended."""
    from langsmith.run_trees import get_cached_client

    get_cached_client().flush()


def chat(llm):
    wrapped_openai.itinerary(_client(llm), langsmith_extra={"metadata": {"thread_id": "trip-1"}})
    _flush()


def tool(llm):
    from langsmith import traceable

    as_agent = traceable(run_type="chain", name="travel_agent")
    wrapped_openai.travel_agent(_client(llm), traceable(run_type="tool"), as_agent)
    _flush()


def agent_tool(llm):
    from langchain.agents import create_agent
    from langchain_openai import ChatOpenAI

    def check_weather(city: str) -> dict:
        """Forecast for a city."""
        return {"city": city, "degrees": 18}

    model = ChatOpenAI(
        model=wrapped_openai.MODEL, base_url=llm.openai_url, api_key="sk-0000", max_retries=0
    )
    agent = create_agent(model, [check_weather], name="travel_agent")
    agent.invoke({"messages": [("user", "What is the weather in Lisbon?")]})
    _flush()


def stream(llm):
    wrapped_openai.streamed(_client(llm))
    _flush()


def failure(llm):
    llm.fail(400)
    try:
        wrapped_openai.greeting(_client(llm))
    finally:
        _flush()


def search(llm):
    from langsmith import traceable

    @traceable(run_type="retriever")
    def search_hotels(query):
        return [{"page_content": "Hotel Alfama", "type": "Document", "metadata": {"score": 0.5}}]

    search_hotels("a quiet hotel")
    _flush()
