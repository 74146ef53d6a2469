"""LiteLLM, in front of an OpenAI-compatible server."""

from __future__ import annotations

import asyncio
from typing import Any

import litellm

litellm.num_retries = 0

MODEL = "openai/gpt-5.4-mini"
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
WEATHER = {"name": "check_weather", "description": "Forecast for a city.", "parameters": PARAMETERS}
TOOLS: Any = [{"type": "function", "function": WEATHER}]


def _server(llm):
    return {"api_base": llm.openai_url, "api_key": "sk-0000", "max_retries": 0}


def chat(llm):
    litellm.completion(
        model=MODEL,
        messages=[
            {"role": "system", "content": "You are brief."},
            {"role": "user", "content": "An itinerary for Kyoto?"},
        ],
        temperature=0.2,
        **_server(llm),
    )


def tool(llm):
    messages: Any = [{"role": "user", "content": "What is the weather in Lisbon?"}]
    answer = litellm.completion(model=MODEL, messages=messages, tools=TOOLS, **_server(llm))
    said = answer.choices[0].message
    result = {"role": "tool", "tool_call_id": said.tool_calls[0].id, "content": "18 °C"}
    messages += [said.model_dump(exclude_none=True), result]
    litellm.completion(model=MODEL, messages=messages, tools=TOOLS, **_server(llm))


def stream(llm):
    for _ in litellm.completion(
        model=MODEL,
        messages=[{"role": "user", "content": "Tell the traveller about Lisbon."}],
        stream=True,
        stream_options={"include_usage": True},
        **_server(llm),
    ):
        pass


def async_chat(llm):
    asyncio.run(
        litellm.acompletion(
            model=MODEL,
            messages=[{"role": "user", "content": "An itinerary for Lisbon?"}],
            **_server(llm),
        )
    )


def failure(llm):
    llm.fail(400)
    litellm.completion(
        model=MODEL, messages=[{"role": "user", "content": "Hello?"}], **_server(llm)
    )


def embed(llm):
    litellm.embedding(
        model="openai/text-embedding-3-small", input=["a quiet hotel"], **_server(llm)
    )
