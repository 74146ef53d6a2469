"""Code that already sends Helicone's session headers, unchanged: its spans get the session.

The three requests are those of the worked example "Code Generation Assistant" in Helicone's
documentation; configure() is all that is added.

Runs as it is, against a scripted server on loopback; with HELICONE_API_KEY set, through
Helicone's gateway.

    pip install 'otel-helisession[demo]'
    python examples/headers_already_there.py
"""

import contextlib
import os
import uuid

import openai
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_helisession import configure
from otel_helisession.demo.server import ScriptedLLM


def generate_code(client: openai.OpenAI) -> None:
    session_id = str(uuid.uuid4())

    def ask(path: str, *messages: dict[str, str]) -> str:
        answer = client.chat.completions.create(
            model="gpt-4o-mini",
            messages=list(messages),
            extra_headers={
                "Helicone-Session-Id": session_id,
                "Helicone-Session-Path": path,
                "Helicone-Session-Name": "Code Generation Assistant",
            },
        )
        return answer.choices[0].message.content

    request = {"role": "user", "content": "Write a function that adds two numbers."}
    code = ask("/request", request)
    first = {"role": "assistant", "content": code}
    ask("/request/validation", request, first, {"role": "user", "content": "Validate the code."})
    ask("/request/validation/typescript", {"role": "user", "content": f"As TypeScript: {code}"})


def main() -> None:
    spans = InMemorySpanExporter()
    handle = configure(exporters=[spans])  # the one line of ours
    with contextlib.ExitStack() as stack:
        url, key = "https://ai-gateway.helicone.ai", os.environ.get("HELICONE_API_KEY")
        if not key:
            url, key = stack.enter_context(ScriptedLLM()).openai_url, "sk-helicone-scripted-0000"
        generate_code(stack.enter_context(openai.OpenAI(base_url=url, api_key=key)))
    handle.shutdown()
    for span in spans.get_finished_spans():
        told = span.attributes
        print(f"{told['helicone.session.name']}  {told['helicone.session.path']:32} {span.name}")


if __name__ == "__main__":
    main()
