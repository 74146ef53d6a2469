"""OpenAI's SDK in Langfuse's wrapper, and functions that Langfuse observes."""

from __future__ import annotations

MODEL = "gpt-5.4-mini"


def _client(llm):
    from langfuse.openai import OpenAI

    return OpenAI(base_url=llm.openai_url, api_key="sk-0000", max_retries=0)


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
    from langfuse import observe

    from tests.compatibility.programs.openai_sdk import TOOLS

    client = _client(llm)

    @observe(as_type="tool")
    def check_weather(city):
        return {"city": city, "degrees": 18}

    @observe(as_type="agent", name="travel_agent")
    def answer(question):
        messages = [{"role": "user", "content": question}]
        said = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)
        call = said.choices[0].message
        messages.append(call.model_dump(exclude_none=True))
        result = str(check_weather(city="Lisbon"))
        messages.append({"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": result})
        client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS)

    answer("What is the weather in Lisbon?")


def stream(llm):
    for _ in _client(llm).chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Tell the traveller about Lisbon."}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        pass


def responses_chat(llm):
    _client(llm).responses.create(
        model=MODEL, instructions="You are brief.", input="An itinerary for Kyoto?"
    )


def failure(llm):
    llm.fail(400)
    _client(llm).chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Hello?"}]
    )


def embed(llm):
    _client(llm).embeddings.create(model="text-embedding-3-small", input=["a quiet hotel"])


def search(llm):
    from langfuse import observe

    @observe(as_type="retriever")
    def search_hotels(query):
        return [{"id": "a", "score": 0.5, "content": "Hotel Alfama"}]

    search_hotels("a quiet hotel")


def by_hand_chat(llm):
    """What a generation may say that the wrapper does not: cost, caches, a prompt."""
    from langfuse import get_client

    with get_client(public_key="pk-lf-0000").start_as_current_observation(
        as_type="generation", name="plan", model=MODEL, input="An itinerary for Kyoto?"
    ) as plan:
        llm_said = _plain(llm)
        plan.update(
            output=llm_said.choices[0].message.content,
            usage_details={
                "input": llm_said.usage.prompt_tokens - 2,
                "input_cached_tokens": 2,
                "output": llm_said.usage.completion_tokens,
            },
            cost_details={"input": 0.001, "output": 0.002},
        )


def _plain(llm):
    import httpx2

    said = {"model": MODEL, "messages": [{"role": "user", "content": "An itinerary for Kyoto?"}]}
    from openai.types.chat import ChatCompletion

    answer = httpx2.post(f"{llm.openai_url}/chat/completions", json=said)
    return ChatCompletion.model_validate(answer.json())
