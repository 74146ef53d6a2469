"""A program that says which session it is in, and sets nothing up: README.md runs it.

Runs as it is, against a scripted server on loopback; with OPENAI_API_KEY (and, if you
like, OPENAI_BASE_URL) set, against the real service.

    pip install 'otel-helisession[demo,run]'
    helisession run -- python examples/zero_code/app.py
"""

import contextlib
import os

import openai

from otel_helisession import session, step
from otel_helisession.demo.server import ScriptedLLM


def ask(client: openai.OpenAI, question: str) -> str:
    said = [{"role": "user", "content": question}]
    answer = client.chat.completions.create(model="gpt-5.4-mini", messages=said)
    return answer.choices[0].message.content


@session("Packing list", path="/pack")
def pack_for(client: openai.OpenAI, city: str) -> str:
    with step("research"):
        forecast = ask(client, f"Put the forecast for {city} in one line.")
    with step("answer"):
        return ask(client, f"What should I pack for {city}? {forecast}")


def main() -> None:
    with contextlib.ExitStack() as stack:
        if os.environ.get("OPENAI_API_KEY"):
            client = stack.enter_context(openai.OpenAI())
        else:
            url = stack.enter_context(ScriptedLLM()).openai_url
            client = stack.enter_context(openai.OpenAI(base_url=url, api_key="sk-scripted-0000"))
        print(pack_for(client, "Lisbon"))


if __name__ == "__main__":
    main()
