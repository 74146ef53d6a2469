"""The scripted LLM server, talked to by the real SDKs and by plain httpx."""

import asyncio
import json
from collections.abc import Iterator

import anthropic
import httpx
import openai
import pytest

from otel_helisession.demo.openai_wire import DIMENSIONS, vector
from otel_helisession.demo.script import Prompt, Reply
from otel_helisession.demo.server import ScriptedLLM

WEATHER = [{"role": "user", "content": "What is the weather in Kyoto?"}]
FORECAST = "Mild and mostly dry in Kyoto; a light jacket is enough."
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}}
OPENAI_TOOL = {"type": "function", "function": {"name": "look", "parameters": PARAMETERS}}
ANTHROPIC_TOOL = {"name": "look", "input_schema": PARAMETERS}


@pytest.fixture
def llm() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as server:
        yield server


@pytest.fixture
def gpt(llm: ScriptedLLM) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=llm.openai_url, api_key="-") as client:
        yield client


@pytest.fixture
def claude(llm: ScriptedLLM) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=llm.url, api_key="-") as client:
        yield client


def test_openais_sdk_gets_a_completion(gpt: openai.OpenAI) -> None:
    """With a model's snapshot, a finish reason and usage, as the service answers."""
    answer = gpt.chat.completions.create(model="gpt-5.4-mini", messages=WEATHER)
    (choice,) = answer.choices
    assert (answer.model, choice.finish_reason) == ("gpt-5.4-mini-2026-03-17", "stop")
    assert choice.message.content == FORECAST
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 14


def test_openais_sdk_gets_a_stream(gpt: openai.OpenAI) -> None:
    """Word by word; the usage comes last, and only when it was asked for."""
    for options in ({"include_usage": True}, None):
        stream = gpt.chat.completions.create(
            model="gpt-5.4-mini", messages=WEATHER, stream=True, stream_options=options
        )
        chunks = list(stream)
        said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        assert said == FORECAST
        assert [c.usage.completion_tokens for c in chunks if c.usage] == ([14] if options else [])


@pytest.mark.parametrize("stream", [False, True])
def test_openais_sdk_gets_tool_calls_and_then_an_answer(gpt: openai.OpenAI, stream: bool) -> None:
    """The model calls what it is offered, and answers once it has the results."""
    asked = {"model": "gpt-5.4-mini", "tools": [OPENAI_TOOL]}
    if stream:
        with gpt.chat.completions.stream(messages=WEATHER, **asked) as events:
            answer = events.get_final_completion()
    else:
        answer = gpt.chat.completions.create(messages=WEATHER, **asked)
    (call,) = answer.choices[0].message.tool_calls
    assert answer.choices[0].finish_reason == "tool_calls"
    assert (call.function.name, json.loads(call.function.arguments)) == ("look", {"city": "Kyoto"})
    result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
    calls = [c.model_dump(include={"id", "type", "function"}) for c in [call]]
    messages = [*WEATHER, {"role": "assistant", "tool_calls": calls}, result]
    final = gpt.chat.completions.create(messages=messages, **asked)
    assert final.choices[0].message.content == FORECAST


def test_embeddings_are_near_where_words_are_shared(gpt: openai.OpenAI) -> None:
    """Unit vectors, the same each time, in either encoding."""
    answer = gpt.embeddings.create(
        model="text-embedding-3-small", input=["quiet garden", "garden, quiet", "loud bar"]
    )
    first, second, third = (item.embedding for item in answer.data)
    floats = gpt.embeddings.create(
        model="text-embedding-3-small", input="quiet garden", encoding_format="float"
    )
    assert len(first) == DIMENSIONS
    assert first == pytest.approx(floats.data[0].embedding)
    assert sum(a * b for a, b in zip(first, second, strict=True)) == pytest.approx(1)
    assert sum(a * b for a, b in zip(first, third, strict=True)) < 0.5
    assert len(vector("any", 3)) == 3


def test_anthropics_sdk_gets_a_message(claude: anthropic.Anthropic) -> None:
    """Whole and streamed say the same."""
    asked = {"model": "claude-haiku-4-5", "max_tokens": 99, "messages": WEATHER}
    whole = claude.messages.create(**asked)
    with claude.messages.stream(**asked) as stream:
        streamed = stream.get_final_message()
    for message in (whole, streamed):
        assert (message.model, message.stop_reason) == ("claude-haiku-4-5-20251001", "end_turn")
        assert [block.text for block in message.content] == [FORECAST]
        assert message.usage.output_tokens == 14
    assert whole.id != streamed.id


@pytest.mark.parametrize("stream", [False, True])
def test_anthropics_sdk_gets_tool_calls_and_then_an_answer(
    claude: anthropic.Anthropic, stream: bool
) -> None:
    """The model calls what it is offered, and answers once it has the results."""
    asked = {"model": "claude-sonnet-5", "max_tokens": 99, "tools": [ANTHROPIC_TOOL]}
    if stream:
        with claude.messages.stream(messages=WEATHER, **asked) as events:
            message = events.get_final_message()
    else:
        message = claude.messages.create(messages=WEATHER, **asked)
    (call,) = message.content
    assert message.stop_reason == "tool_use"
    assert (call.type, call.name, call.input) == ("tool_use", "look", {"city": "Kyoto"})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "weather: sunny"}
    used = {"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}
    messages = [
        *WEATHER,
        {"role": "assistant", "content": [used]},
        {"role": "user", "content": [result]},
    ]
    final = claude.messages.create(messages=messages, **asked)
    assert final.content[0].text == FORECAST


async def test_the_async_sdks_talk_to_it_at_the_same_time(llm: ScriptedLLM) -> None:
    """Each request has a thread of its own."""
    async with (
        openai.AsyncOpenAI(base_url=llm.openai_url, api_key="-") as gpt,
        anthropic.AsyncAnthropic(base_url=llm.url, api_key="-") as claude,
    ):
        answer, message = await asyncio.gather(
            gpt.chat.completions.create(model="gpt-5.4-mini", messages=WEATHER),
            claude.messages.create(model="claude-sonnet-5", max_tokens=9, messages=WEATHER),
        )
    assert answer.choices[0].message.content == message.content[0].text == FORECAST


def test_planned_failures_come_once_each_and_the_sdks_retry(
    llm: ScriptedLLM, gpt: openai.OpenAI, claude: anthropic.Anthropic
) -> None:
    """Fast: the answer tells the SDKs to come back in 30 ms."""
    llm.fail("chat", 500, 429)
    llm.fail("messages", 529)
    gpt.chat.completions.create(model="gpt-5.4-mini", messages=WEATHER)
    claude.messages.create(model="claude-sonnet-5", max_tokens=9, messages=WEATHER)
    assert [(request.endpoint, request.status) for request in llm.requests] == [
        ("chat", 500),
        ("chat", 429),
        ("chat", 200),
        ("messages", 529),
        ("messages", 200),
    ]


def test_failures_have_the_providers_shape(llm: ScriptedLLM, gpt: openai.OpenAI) -> None:
    """The SDK raises what it would raise."""
    llm.fail("chat", 400)
    with pytest.raises(openai.BadRequestError) as raised:
        gpt.chat.completions.create(model="gpt-5.4-mini", messages=WEATHER)
    assert raised.value.type == "invalid_request_error"
    with pytest.raises(ValueError, match="no endpoint 'chats'; there are"):
        llm.fail("chats", 500)


def test_it_remembers_what_it_received(llm: ScriptedLLM) -> None:
    """Endpoint, headers in lower case, body; also of what it does not know."""
    with httpx.Client(base_url=llm.url, trust_env=False) as client:
        client.post("/v1/embeddings", json={"input": "a"}, headers={"Helicone-Session-Id": "s"})
        assert client.post("/v1/images", content=b"{not json").status_code == 404
    known, unknown = llm.requests
    assert (known.endpoint, known.body, known.status) == ("embeddings", {"input": "a"}, 200)
    assert known.headers["helicone-session-id"] == "s"
    assert (unknown.endpoint, unknown.body, unknown.status) == ("/v1/images", {}, 404)


def test_answers_are_the_same_in_every_run_but_ids_are_new_each_time() -> None:
    """A repeated request is another call: what counts calls by id must see two."""

    def ids() -> list[str]:
        with ScriptedLLM() as llm, openai.OpenAI(base_url=llm.openai_url, api_key="-") as gpt:
            asked = {"model": "gpt-5.4-mini", "messages": WEATHER}
            return [gpt.chat.completions.create(**asked).id for _ in range(2)]

    first, second = ids()
    assert first != second
    assert ids() == [first, second]


def test_a_script_of_ones_own_decides_what_is_said() -> None:
    """It is told the question, whatever provider's format it came in."""
    asked: list[Prompt] = []

    def script(prompt: Prompt) -> Reply:
        asked.append(prompt)
        return Reply("Aha.")

    with ScriptedLLM(script) as llm, openai.OpenAI(base_url=llm.openai_url, api_key="-") as gpt:
        answer = gpt.chat.completions.create(model="any", messages=WEATHER)
    assert answer.choices[0].message.content == "Aha."
    assert asked == [Prompt("any", WEATHER[0]["content"], WEATHER[0]["content"], {}, False)]


def test_a_client_that_hangs_up_within_a_stream_is_no_event(
    llm: ScriptedLLM, gpt: openai.OpenAI, capfd: pytest.CaptureFixture[str]
) -> None:
    """The server goes on, and prints nothing."""
    stream = gpt.chat.completions.create(model="gpt-5.4-mini", messages=WEATHER, stream=True)
    next(iter(stream))
    stream.close()
    gpt.chat.completions.create(model="gpt-5.4-mini", messages=WEATHER)
    assert capfd.readouterr() == ("", "")


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the block, and only there."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "example.com")
    with ScriptedLLM() as llm, httpx.Client(timeout=5) as client:
        assert client.post(f"{llm.openai_url}/embeddings", json={"input": "a"}).status_code == 200
    with ScriptedLLM() as llm:
        url = llm.openai_url
        monkeypatch.delenv("no_proxy")
        monkeypatch.delenv("NO_PROXY")
        with httpx.Client(timeout=5) as client, pytest.raises(httpx.ConnectError):
            client.post(f"{url}/embeddings", json={"input": "a"})
