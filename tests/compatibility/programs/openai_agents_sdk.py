"""OpenAI's Agents SDK: an agent, and a hand-off to another that has a tool."""

MODEL = "gpt-5.4-mini"


def _client(llm):
    from openai import AsyncOpenAI

    return AsyncOpenAI(base_url=llm.openai_url, api_key="sk-0000", max_retries=0)


def _responses(llm):
    from agents import OpenAIResponsesModel

    return OpenAIResponsesModel(model=MODEL, openai_client=_client(llm))


def _completions(llm):
    from agents import OpenAIChatCompletionsModel

    return OpenAIChatCompletionsModel(model=MODEL, openai_client=_client(llm))


def _assistant(model):
    from agents import Agent

    return Agent(name="Assistant", instructions="You are brief.", model=model)


async def chat(llm):
    from agents import Runner

    await Runner.run(_assistant(_responses(llm)), "An itinerary for Kyoto?")


async def _hand_off(model):
    from agents import Agent, Runner, function_tool

    @function_tool
    def check_weather(city: str) -> dict:
        """Forecast for a city."""
        return {"city": city, "degrees": 18}

    weather = Agent(name="Weather agent", tools=[check_weather], model=model)
    triage = Agent(name="Triage agent", handoffs=[weather], model=model)
    await Runner.run(triage, "What is the weather in Lisbon?")
    await Runner.run(weather, "What is the weather in Lisbon?")


async def tool(llm):
    await _hand_off(_responses(llm))


async def stream(llm):
    from agents import Runner

    result = Runner.run_streamed(_assistant(_responses(llm)), "Tell the traveller about Lisbon.")
    async for _ in result.stream_events():
        pass


async def completions_chat(llm):
    from agents import Runner

    await Runner.run(_assistant(_completions(llm)), "An itinerary for Lisbon?")


async def completions_tool(llm):
    await _hand_off(_completions(llm))


async def failure(llm):
    from agents import Runner

    llm.fail(400)  # of a response that fails the library says nothing but the error
    await Runner.run(_assistant(_completions(llm)), "Hello?")
