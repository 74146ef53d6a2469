"""OpenAI's SDK in Langfuse's wrapper, and functions that Langfuse observes."""

from __future__ import annotations

from tests.compatibility.programs import wrapped_openai
from tests.compatibility.programs.wrapped_openai import MODEL


def _client(llm):
    from langfuse.openai import OpenAI

    return OpenAI(base_url=llm.openai_url, api_key="sk-0000", max_retries=0)


def chat(llm):
    wrapped_openai.itinerary(_client(llm))


def tool(llm):
    from langfuse import observe

    as_agent = observe(as_type="agent", name="travel_agent")
    wrapped_openai.travel_agent(_client(llm), observe(as_type="tool"), as_agent)


def stream(llm):
    wrapped_openai.streamed(_client(llm))


def responses_chat(llm):
    wrapped_openai.responses_itinerary(_client(llm))


def failure(llm):
    llm.fail(400)
    wrapped_openai.greeting(_client(llm))


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
