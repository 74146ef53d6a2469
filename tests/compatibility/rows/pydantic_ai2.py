"""pydantic-ai 2 with its own instrumentation, in each version of its format."""

LIBRARY = "pydantic-ai-slim"
INSTRUMENTATION = "its own"
REQUIREMENTS = ("pydantic-ai-slim[openai]==2.68.0",)
ENVIRONMENT = "pydantic_ai"

MODEL = "gpt-5.4-mini"


def instrument(provider):
    global _provider
    _provider = provider


def _settings(version):
    import warnings

    from pydantic_ai.models.instrumented import InstrumentationSettings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # older versions are deprecated
        return InstrumentationSettings(tracer_provider=_provider, version=version)


def _agent(llm, version=5):
    from openai import AsyncOpenAI
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = AsyncOpenAI(base_url=llm.openai_url, api_key="sk-0000", max_retries=0)
    model = OpenAIChatModel(MODEL, provider=OpenAIProvider(openai_client=client))
    agent = Agent(model, name="travel agent", instructions="You are brief.")
    agent.instrument = _settings(version)
    return agent


def _with_tool(agent):
    @agent.tool_plain
    def check_weather(city: str) -> dict[str, object]:
        """Forecast for a city."""
        return {"city": city, "degrees": 18}

    return agent


def _tool(llm, version):
    _with_tool(_agent(llm, version)).run_sync("What is the weather in Lisbon?")


def chat(llm):
    settings = {"temperature": 0.2}
    _agent(llm).run_sync("An itinerary for Kyoto?", model_settings=settings)


def tool(llm):
    _tool(llm, 5)


async def stream(llm):
    async with _agent(llm).run_stream("Tell the traveller about Lisbon.") as answer:
        await answer.get_output()


def failure(llm):
    llm.fail(429)
    _agent(llm).run_sync("Hello?")


def embed(llm):
    from openai import AsyncOpenAI
    from pydantic_ai import Embedder
    from pydantic_ai.embeddings.openai import OpenAIEmbeddingModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = AsyncOpenAI(base_url=llm.openai_url, api_key="sk-0000", max_retries=0)
    provider = OpenAIProvider(openai_client=client)
    model = OpenAIEmbeddingModel("text-embedding-3-small", provider=provider)
    Embedder(model, instrument=_settings(5)).embed_documents_sync(["a quiet hotel"])


def format_2_tool(llm):
    _tool(llm, 2)


def format_3_tool(llm):
    _tool(llm, 3)


def format_4_tool(llm):
    _tool(llm, 4)


def format_6_tool(llm):
    _tool(llm, 6)
