"""CrewAI: a crew of one agent, with and without a tool, and a flow."""


def _run(llm, question, tools=(), **more):
    from crewai import LLM, Agent, Crew, Task

    model = LLM("openai/gpt-4o-mini", base_url=llm.openai_url, max_retries=0, **more)
    agent = Agent(
        role="Travel agent",
        goal="Plan trips",
        backstory="You know every town.",
        llm=model,
        tools=list(tools),
        max_iter=3,
        max_retry_limit=0,
    )
    task = Task(
        name="plan_trip", description=question, expected_output="One sentence.", agent=agent
    )
    Crew(name="Trip crew", agents=[agent], tasks=[task]).kickoff()


def chat(llm):
    _run(llm, "An itinerary for Kyoto?")


def tool(llm):
    from crewai.tools import tool

    @tool("check_weather")
    def check_weather(city: str) -> str:
        """Forecast for a city."""
        return "18 °C"

    _run(llm, "What is the weather in Lisbon?", [check_weather])


def stream(llm):
    _run(llm, "Tell the traveller about Lisbon.", stream=True)


def flow_chat(llm):
    from crewai.flow.flow import Flow, listen, start

    class TripFlow(Flow):
        @start()
        def choose(self):
            return "Kyoto"

        @listen(choose)
        def write(self, place):
            _run(llm, f"An itinerary for {place}?")

    TripFlow().kickoff()


def failure(llm):
    llm.fail(400, 400, 400)
    _run(llm, "Hello?")
