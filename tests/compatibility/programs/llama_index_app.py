"""LlamaIndex: a model, an agent, a workflow and a query engine."""

MODEL = "gpt-4o-mini"


def _model(llm):
    from llama_index.llms.openai import OpenAI

    return OpenAI(
        model=MODEL,
        api_base=llm.openai_url,
        api_key="sk-0000",
        max_retries=0,
        temperature=0.2,
    )


def _said(*messages):
    from llama_index.core.llms import ChatMessage

    return [ChatMessage(role=role, content=content) for role, content in messages]


def chat(llm):
    _model(llm).chat(_said(("system", "You are brief."), ("user", "An itinerary for Kyoto?")))


async def tool(llm):
    from llama_index.core.agent.workflow import FunctionAgent

    def check_weather(city: str) -> dict:
        """Forecast for a city."""
        return {"city": city, "degrees": 18}

    agent = FunctionAgent(
        name="travel_agent",
        tools=[check_weather],
        llm=_model(llm),
        system_prompt="You plan trips.",
        streaming=False,
    )
    await agent.run("What is the weather in Lisbon?")


def stream(llm):
    said = _said(("user", "Tell the traveller about Lisbon."))
    usage = {"stream_options": {"include_usage": True}}
    for _ in _model(llm).stream_chat(said, **usage):
        pass


async def workflow_chat(llm):
    from llama_index.core.workflow import Event, StartEvent, StopEvent, Workflow, step

    class Planned(Event):
        place: str

    class TripWorkflow(Workflow):
        @step
        async def choose(self, event: StartEvent) -> Planned:
            return Planned(place="Kyoto")

        @step
        async def write(self, event: Planned) -> StopEvent:
            said = _said(("user", f"An itinerary for {event.place}?"))
            return StopEvent(result=str(await _model(llm).achat(said)))

    await TripWorkflow().run()


def failure(llm):
    llm.fail(400)
    _model(llm).chat(_said(("user", "Hello?")))


def search(llm):
    from llama_index.core import Document, SummaryIndex

    index = SummaryIndex.from_documents([Document(text="Hotel Alfama", doc_id="a")])
    index.as_query_engine(llm=_model(llm)).query("a quiet hotel")
