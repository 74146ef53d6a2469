"""What instrument_httpx() adds to a request, in microseconds of the user's thread.

    python benchmarks/httpx_calls.py [--quick]

A MockTransport answers at once, so what is measured is httpx and we. Cases run in turns; the
figure is the minimum over rounds of the mean of a round.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
from measuring import added, figure
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import (
    SessionSpanProcessor,
    current_session,
    instrument_httpx,
    session,
    uninstrument_httpx,
)

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Where to? " * 40}]}
ANSWER = {
    "id": "chatcmpl-1",
    "model": "gpt-4o",
    "choices": [
        {"message": {"role": "assistant", "content": "x" * 2_000}, "finish_reason": "stop"}
    ],
    "usage": {"prompt_tokens": 100, "completion_tokens": 500},
}
CHUNK = {"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {"content": "Lisbon "}}]}
LAST = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": ANSWER["usage"]}
STREAM = b"".join(f"data: {json.dumps(one)}\n\n".encode() for one in [CHUNK] * 200 + [LAST])
SEARCH = {"query": [0.0123456789] * 1_536, "limit": 3, "with_payload": True}
FOUND = {"result": {"points": [{"id": 1, "score": 0.9, "payload": {"name": "x" * 300}}] * 3}}

BODIES: dict[str, tuple[str, Any, Any]] = {
    "another POST": ("https://api.example.com/v1/orders", {"a": 1}, {"ok": True}),
    "a GET": ("https://api.example.com/v1/orders", None, {"ok": True}),
    "chat, 2 kB": ("https://api.openai.com/v1/chat/completions", CHAT, ANSWER),
    "chat, streamed in 201 events": ("https://api.openai.com/v1/chat/completions", CHAT, STREAM),
    "search, vector of 1,536": ("http://qdrant/collections/hotels/points/query", SEARCH, FOUND),
}


def respond(request: httpx.Request) -> httpx.Response:
    found = next(answer for url, _, answer in BODIES.values() if url == request.url)
    if request.url == BODIES["chat, 2 kB"][0] and b'"stream"' in request.content:
        return httpx.Response(200, content=STREAM, headers={"content-type": "text/event-stream"})
    return httpx.Response(200, json=found)


def call(client: httpx.Client, case: str) -> Callable[[], Any]:
    url, body, _ = BODIES[case]
    if body is None:
        return lambda: client.get(url)
    if "streamed" in case:
        body = {**body, "stream": True}
    content = json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    return lambda: client.post(url, content=content, headers=headers)


def measure(run: Callable[[], Any], count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        run()
    return (time.process_time() - start) / count * 1e6


def announcing(rounds: int, count: int) -> None:
    """Print what our headers add to a request, beside the same ones by hand and by a hook."""
    url = "https://oai.helicone.ai/v1/models"
    entered = current_session()
    assert entered is not None
    headers = dict(entered.headers)
    hooked = httpx.Client(
        transport=httpx.MockTransport(lambda request: httpx.Response(200)),
        event_hooks={"request": [lambda request: request.headers.update(headers)]},
    )
    silent = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    ways: dict[str, tuple[Callable[[], None], Callable[[], Any]]] = {
        "no headers": (uninstrument_httpx, lambda: silent.get(url)),
        "headers=, by hand": (uninstrument_httpx, lambda: silent.get(url, headers=headers)),
        "an event hook of one's own": (uninstrument_httpx, lambda: hooked.get(url)),
        "instrument_httpx()": (instrument_httpx, lambda: silent.get(url)),
    }
    micros: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(4 * rounds):
        for way, (switch, run) in ways.items():
            switch()
            measure(run, 5)
            micros[way].append(measure(run, count))
    print("\n| a GET to Helicone | µs | added |\n|---|---:|---:|")
    for way, took in micros.items():
        print(f"| {way} | {figure(took)} | {added(took, micros['no headers'])} |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    rounds, count = (6, 60) if parser.parse_args().quick else (20, 200)
    provider = TracerProvider()
    provider.add_span_processor(SessionSpanProcessor())
    trace.set_tracer_provider(provider)
    ways: dict[str, Callable[[], None]] = {
        "bare": uninstrument_httpx,
        "ours": instrument_httpx,
        "ours, with content": lambda: instrument_httpx(capture_content=True),
    }
    best: dict[tuple[str, str], float] = {}
    with session("benchmark"), httpx.Client(transport=httpx.MockTransport(respond)) as client:
        for _ in range(rounds):
            for way, switch in ways.items():
                switch()
                for case in BODIES:
                    took = measure(call(client, case), count)
                    best[case, way] = min(best.get((case, way), took), took)
        announcing(rounds, count)
    print("\n| request | bare | ours adds | with content |\n|---|---:|---:|---:|")
    for case in BODIES:
        bare = best[case, "bare"]
        more = [f"+{best[case, way] - bare:.0f}" for way in list(ways)[1:]]
        print(f"| {case} | {bare:.0f} | {' | '.join(more)} |")


if __name__ == "__main__":
    main()
