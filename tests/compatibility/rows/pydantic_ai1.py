"""pydantic-ai 1 with its own instrumentation, in the formats that version 2 dropped."""

LIBRARY = "pydantic-ai-slim"
INSTRUMENTATION = "its own, format 1"
REQUIREMENTS = ("pydantic-ai-slim[openai]==1.107.10",)
ENVIRONMENT = "pydantic_ai1"
EMPTY = {
    "streaming": "pydantic-ai 1 does not say",
    "time to first token": "pydantic-ai 1 does not say",
}

MODEL = "gpt-5.4-mini"


def instrument(provider):
    global _provider
    _provider = provider


def _agent(llm, version=1):
    from openai import AsyncOpenAI
    from pydantic_ai import Agent
    from pydantic_ai.models.instrumented import InstrumentationSettings
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = AsyncOpenAI(base_url=llm.openai_url, api_key="sk-0000", max_retries=0)
    model = OpenAIChatModel(MODEL, provider=OpenAIProvider(openai_client=client))
    settings = InstrumentationSettings(tracer_provider=_provider, version=version)
    return Agent(model, name="travel agent", instructions="You are brief.", instrument=settings)


def _tool(llm, version):
    agent = _agent(llm, version)

    @agent.tool_plain
    def check_weather(city: str) -> dict[str, object]:
        """Forecast for a city."""
        return {"city": city, "degrees": 18}

    agent.run_sync("What is the weather in Lisbon?")


def chat(llm):
    settings = {"temperature": 0.2}
    _agent(llm).run_sync("An itinerary for Kyoto?", model_settings=settings)


def tool(llm):
    _tool(llm, 1)


async def stream(llm):
    async with _agent(llm).run_stream("Tell the traveller about Lisbon.") as answer:
        await answer.get_output()


def failure(llm):
    llm.fail(429)
    _agent(llm).run_sync("Hello?")


def format_2_tool(llm):
    _tool(llm, 2)


def format_3_tool(llm):
    _tool(llm, 3)
