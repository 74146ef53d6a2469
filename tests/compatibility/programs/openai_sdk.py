"""OpenAI's SDK: chat completions, responses and embeddings."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import openai

MODEL = "gpt-5.4-mini"
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
WEATHER = {"name": "check_weather", "description": "Forecast for a city.", "parameters": PARAMETERS}
TOOLS: Any = [{"type": "function", "function": WEATHER}]


def _client(llm):
    return openai.OpenAI(base_url=llm.openai_url, api_key="sk-0000", max_retries=0)


def chat(llm):
    _client(llm).chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": "You are brief."},
            {"role": "user", "content": "An itinerary for Kyoto?"},
        ],
        temperature=0.2,
    )


def tool(llm):
    client = _client(llm)
    messages: Any = [{"role": "user", "content": "What is the weather in Lisbon?"}]
    answer = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
    said = answer.choices[0].message
    result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": "18 °C"}
    messages += [said.model_dump(exclude_none=True), result]
    client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)


def stream(llm):
    with _client(llm).chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Tell the traveller about Lisbon."}],
        stream=True,
        stream_options={"include_usage": True},
    ) as chunks:
        for _ in chunks:
            pass


def async_stream(llm):
    async def main():
        async with openai.AsyncOpenAI(base_url=llm.openai_url, api_key="sk-0000") as client:
            async for _ in await client.chat.completions.create(
                model=MODEL,
                messages=[{"role": "user", "content": "Tell the traveller about Kyoto."}],
                stream=True,
                stream_options={"include_usage": True},
            ):
                pass

    asyncio.run(main())


def responses_chat(llm):
    _client(llm).responses.create(
        model=MODEL, instructions="You are brief.", input="An itinerary for Kyoto?"
    )


def responses_tool(llm):
    client, tools = _client(llm), [{"type": "function", "strict": True, **WEATHER}]
    messages: Any = [{"role": "user", "content": "What is the weather in Lisbon?"}]
    answer = client.responses.create(model=MODEL, input=messages, tools=tools)
    call = answer.output[0]
    assert json.loads(call.arguments) == {"city": "Lisbon"}
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "18 °C"}
    messages += [call.model_dump(exclude_none=True), result]
    client.responses.create(model=MODEL, input=messages, tools=tools)


def responses_stream(llm):
    for _ in _client(llm).responses.create(
        model=MODEL, input="Tell the traveller about Lisbon.", stream=True
    ):
        pass


def failure(llm):
    llm.fail(429)
    _client(llm).chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Hello?"}]
    )


def embed(llm):
    _client(llm).embeddings.create(model="text-embedding-3-small", input="a quiet hotel")
