"""Google's SDK for Gemini."""

from __future__ import annotations

import asyncio
import functools

from google import genai
from google.genai import types

MODEL = "gemini-2.5-flash"
WEATHER = types.FunctionDeclaration(
    name="check_weather",
    description="Forecast for a city.",
    parameters_json_schema={
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
)
TOOLS = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[WEATHER])])


@functools.cache  # the SDK closes a client that nobody holds, also in the middle of a stream
def _client(llm):
    options = types.HttpOptions(base_url=llm.url)
    return genai.Client(api_key="sk-0000", http_options=options)


def chat(llm):
    _client(llm).models.generate_content(
        model=MODEL,
        contents="An itinerary for Kyoto?",
        config=types.GenerateContentConfig(system_instruction="You are brief.", temperature=0.2),
    )


def tool(llm):
    client = _client(llm)
    question = types.UserContent("What is the weather in Lisbon?")
    answer = client.models.generate_content(model=MODEL, contents=[question], config=TOOLS)
    result = types.Part.from_function_response(name="check_weather", response={"sky": "clear"})
    contents = [question, answer.candidates[0].content, types.UserContent([result])]
    client.models.generate_content(model=MODEL, contents=contents, config=TOOLS)


def stream(llm):
    for _ in _client(llm).models.generate_content_stream(
        model=MODEL, contents="Tell the traveller about Lisbon."
    ):
        pass


def async_stream(llm):
    async def main():
        async for _ in await _client(llm).aio.models.generate_content_stream(
            model=MODEL, contents="Tell the traveller about Kyoto."
        ):
            pass

    asyncio.run(main())


def failure(llm):
    llm.fail(400)
    _client(llm).models.generate_content(model=MODEL, contents="Hello?")


def embed(llm):
    _client(llm).models.embed_content(model="gemini-embedding-001", contents="a quiet hotel")
