"""What an OpenAI client is asked, whoever has wrapped it; *more* is for the wrapper."""

from __future__ import annotations

from tests.compatibility.programs.openai_sdk import TOOLS

MODEL = "gpt-5.4-mini"


def itinerary(client, **more):
    """Ask once, with instructions and a parameter."""
    client.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": "You are brief."},
            {"role": "user", "content": "An itinerary for Kyoto?"},
        ],
        temperature=0.2,
        **more,
    )


def travel_agent(client, as_tool, as_agent):
    """Run an agent with one tool, each a function that is decorated."""

    @as_tool
    def check_weather(city):
        return {"city": city, "degrees": 18}

    @as_agent
    def answer(question):
        messages = [{"role": "user", "content": question}]
        said = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
        call = said.choices[0].message
        messages.append(call.model_dump(exclude_none=True))
        result = str(check_weather(city="Lisbon"))
        messages.append({"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": result})
        client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)

    answer("What is the weather in Lisbon?")


def streamed(client):
    """Ask for a stream, and read it to its end."""
    for _ in client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Tell the traveller about Lisbon."}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        pass


def responses_itinerary(client):
    """Ask once, by the API of responses."""
    client.responses.create(
        model=MODEL, instructions="You are brief.", input="An itinerary for Kyoto?"
    )


def greeting(client):
    """Ask for nothing: what a server refuses."""
    client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Hello?"}])
