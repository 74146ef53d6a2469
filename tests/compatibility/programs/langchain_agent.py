"""LangChain on OpenAI's models: a chat model, an agent on LangGraph, a chain, a retriever."""

from __future__ import annotations

from langchain.agents import create_agent
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_openai import ChatOpenAI

MODEL = "gpt-5.4-mini"


def _model(llm, **more):
    return ChatOpenAI(
        model=MODEL, base_url=llm.openai_url, api_key="sk-0000", max_retries=0, **more
    )


def check_weather(city: str) -> dict:
    """Forecast for a city."""
    return {"city": city, "degrees": 18}


def chat(llm):
    said = [("system", "You are brief."), ("user", "An itinerary for Kyoto?")]
    _model(llm, temperature=0.2).invoke(said)


def tool(llm):
    agent = create_agent(
        _model(llm), [check_weather], name="travel_agent", system_prompt="You plan trips."
    )
    agent.invoke({"messages": [("user", "What is the weather in Lisbon?")]})


def stream(llm):
    for _ in _model(llm, stream_usage=True).stream("Tell the traveller about Lisbon."):
        pass


def chain_chat(llm):
    prompt = ChatPromptTemplate.from_messages([("user", "An itinerary for {city}?")])
    chain = prompt | _model(llm) | StrOutputParser()
    chain.with_config(run_name="itinerary").invoke({"city": "Lisbon"})


def failure(llm):
    llm.fail(400)
    _model(llm).invoke("Hello?")


def search(llm):
    store = InMemoryVectorStore.from_texts(
        ["Hotel Alfama", "Hotel Belém"], DeterministicFakeEmbedding(size=8), ids=["a", "b"]
    )
    store.as_retriever(search_kwargs={"k": 1}, name="hotels").invoke("a quiet hotel")


def graph_tool(llm):
    from langgraph.graph import END, START, MessagesState, StateGraph
    from langgraph.prebuilt import ToolNode

    model = _model(llm).bind_tools([check_weather])

    def plan(state):
        return {"messages": [model.invoke(state["messages"])]}

    def is_weather_needed(state):
        return "research" if state["messages"][-1].tool_calls else "write"

    def write(state):
        return {"messages": [("assistant", "Written.")]}

    graph = StateGraph(MessagesState)
    graph.add_node("plan", plan)
    graph.add_node("research", ToolNode([check_weather]))
    graph.add_node("write", write)
    graph.add_edge(START, "plan")
    graph.add_conditional_edges("plan", is_weather_needed, ["research", "write"])
    graph.add_edge("research", "plan")
    graph.add_edge("write", END)
    trip = graph.compile(name="trip_planner")
    trip.invoke({"messages": [("user", "What is the weather in Lisbon?")]})
