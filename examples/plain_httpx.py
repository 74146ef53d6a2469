"""Sessions without any SDK: httpx calls an OpenAI-compatible endpoint, streamed.

Nobody instruments such a call, so instrument_httpx() makes the LLM span itself, and tells
the host the session in headers if that is allowed.

Runs as it is, against a scripted server on loopback; with OPENAI_BASE_URL and
OPENAI_API_KEY set, against that service (it must be an allowed host to get the headers).

    pip install 'otel-helisession[demo]'
    python examples/plain_httpx.py
"""

import contextlib
import os

import httpx
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_helisession import SessionSpanProcessor, instrument_httpx, session, step
from otel_helisession.demo.server import ScriptedLLM

QUESTION = {
    "model": "gpt-5.4-mini",
    "messages": [{"role": "user", "content": "What is the weather in Kyoto like?"}],
    "stream": True,
    "stream_options": {"include_usage": True},
}


def main() -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SessionSpanProcessor(spans))
    trace.set_tracer_provider(provider)
    instrument_httpx(allow_hosts=["127.0.0.1"])

    with contextlib.ExitStack() as stack:
        llm = None
        url = os.environ.get("OPENAI_BASE_URL")
        if not url:
            llm = stack.enter_context(ScriptedLLM())
            url = llm.openai_url
        headers = {"Authorization": f"Bearer {os.environ.get('OPENAI_API_KEY', 'sk-none')}"}
        client = stack.enter_context(httpx.Client(headers=headers))

        with (
            session("Weather", path="/weather", user_id="user-01"),
            step("ask"),
            client.stream("POST", f"{url}/chat/completions", json=QUESTION) as response,
        ):
            lines = sum(line.startswith("data:") for line in response.iter_lines())
        print(f"{lines} pieces were streamed")
        for request in llm.requests if llm else ():
            sent = {k: v for k, v in request.headers.items() if k.startswith("helicone-")}
            print("the server saw", sent)

    provider.shutdown()
    for span in spans.get_finished_spans():
        told = span.attributes
        tokens = told.get("gen_ai.usage.output_tokens", "-")
        print(f"{told['helicone.session.path']:16} {span.name:24} {tokens} tokens")


if __name__ == "__main__":
    main()
