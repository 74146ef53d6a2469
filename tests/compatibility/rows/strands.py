"""Strands Agents with their own tracing."""

LIBRARY = "strands-agents"
INSTRUMENTATION = "its own"
REQUIREMENTS = ("strands-agents[openai]==1.62.0",)
ENVIRONMENT = "openlit"
EMPTY = {
    "streaming": "Strands always streams, and does not say so",
}


def instrument(provider):
    """Nothing: it writes to the global provider."""


def _agent(llm, **more):
    from strands import Agent
    from strands.models.openai import OpenAIModel

    model = OpenAIModel(
        client_args={"base_url": llm.openai_url, "api_key": "sk-0000", "max_retries": 0},
        model_id="gpt-5.4-mini",
        params={"temperature": 0.2},
    )
    return Agent(
        model=model,
        name="travel agent",
        system_prompt="You are brief.",
        callback_handler=None,
        **more,
    )


def stream(llm):
    _agent(llm)("An itinerary for Kyoto?")


def tool(llm):
    from strands import tool

    @tool
    def check_weather(city: str) -> dict:
        """Forecast for a city."""
        return {"status": "success", "content": [{"json": {"city": city, "degrees": 18}}]}

    _agent(llm, tools=[check_weather])("What is the weather in Lisbon?")


def failure(llm):
    llm.fail(400)
    _agent(llm)("Hello?")
