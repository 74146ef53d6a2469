"""Google's Agent Development Kit: an agent with a tool, as its quickstart has it."""

from __future__ import annotations

MODEL = "gemini-3-flash"


def _model(llm):
    from google.adk.models import Gemini
    from google.genai import Client
    from google.genai.types import HttpOptions

    class Loopback(Gemini):
        @property
        def api_client(self):
            return Client(api_key="0000", http_options=HttpOptions(base_url=llm.url))

    return Loopback(model=MODEL)


def check_weather(city: str) -> dict:
    """Forecast for a city."""
    return {"city": city, "degrees": 18}


async def _ask(llm, text, **more):
    from google.adk.agents import Agent, RunConfig
    from google.adk.agents.run_config import StreamingMode
    from google.adk.runners import InMemoryRunner
    from google.genai.types import Content, Part

    streamed = more.pop("streamed", False)
    agent = Agent(name="travel_agent", model=_model(llm), instruction="You are brief.", **more)
    runner = InMemoryRunner(agent=agent, app_name="travel")
    held = await runner.session_service.create_session(app_name="travel", user_id="traveller")
    mode = StreamingMode.SSE if streamed else StreamingMode.NONE
    async for _ in runner.run_async(
        user_id="traveller",
        session_id=held.id,
        new_message=Content(role="user", parts=[Part(text=text)]),
        run_config=RunConfig(streaming_mode=mode),
    ):
        pass


async def chat(llm):
    from google.genai.types import GenerateContentConfig

    config = GenerateContentConfig(temperature=0.2)
    await _ask(llm, "An itinerary for Kyoto?", generate_content_config=config)


async def tool(llm):
    await _ask(llm, "What is the weather in Lisbon?", tools=[check_weather])


async def stream(llm):
    await _ask(llm, "Tell the traveller about Lisbon.", streamed=True)


async def failure(llm):
    llm.fail(400)
    await _ask(llm, "Hello?")
