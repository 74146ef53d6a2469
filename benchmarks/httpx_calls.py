"""What instrument_httpx() adds to a request, in microseconds of the user's thread.

    python benchmarks/httpx_calls.py [--quick]

A MockTransport answers at once, so what is measured is httpx and we. Cases run in turns; the
figure is the minimum over rounds of the mean of a round.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
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


HAND = "headers=, by hand"


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


def way(name: str) -> Callable[[], Any]:
    """Return a GET to Helicone with nothing, or with our headers put on it in one of three ways."""
    entered = current_session()
    assert entered is not None
    headers = dict(entered.headers)
    transport = httpx.MockTransport(lambda request: httpx.Response(200))

    def put(request: httpx.Request) -> None:
        for header, value in headers.items():
            request.headers[header] = value

    hooks = {"request": [put]} if name == "an event hook of one's own" else {}
    client = httpx.Client(transport=transport, event_hooks=hooks)
    if name == "instrument_httpx()":
        instrument_httpx()
    url = "https://oai.helicone.ai/v1/models"
    if name == "headers=, by hand":
        return lambda: client.get(url, headers=headers)
    return lambda: client.get(url)


WAYS = ("no headers", "no headers, again", HAND, "an event hook of one's own", "instrument_httpx()")


def work(name: str, count: int) -> None:
    """Measure a round of one way for each line read. In a process of its own: switching between
    ways patches httpx's classes, after which all that was learned of them is learned again."""
    run = way(name)
    measure(run, 500)
    for _ in sys.stdin:
        print(measure(run, count), flush=True)


def announcing(rounds: int, count: int) -> None:
    """Print what our headers add to a request, beside the same ones by hand and by a hook."""
    workers = {
        name: subprocess.Popen(
            [sys.executable, __file__, "--way", name, "--count", str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in WAYS
    }
    micros: dict[str, list[float]] = {name: [] for name in WAYS}
    try:
        for _ in range(rounds):
            for name in random.sample(WAYS, len(WAYS)):
                micros[name].append(_asked(workers[name]))
    finally:
        for worker in workers.values():
            worker.kill()
            worker.wait()
    print("\n| a GET to Helicone | µs | added | more than by hand |\n|---|---:|---:|---:|")
    for name, took in micros.items():
        more = added(took, micros["no headers"]), added(took, micros[HAND])
        print(f"| {name} | {figure(took)} | {more[0]} | {more[1]} |")


def _asked(worker: subprocess.Popen[str]) -> float:
    assert worker.stdin is not None
    assert worker.stdout is not None
    print(file=worker.stdin, flush=True)
    return float(worker.stdout.readline())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    rounds, count = (6, 60) if given.quick else (20, 200)
    provider = TracerProvider()
    provider.add_span_processor(SessionSpanProcessor())
    trace.set_tracer_provider(provider)
    ways: dict[str, Callable[[], None]] = {
        "bare": uninstrument_httpx,
        "ours": instrument_httpx,
        "ours, with content": lambda: instrument_httpx(capture_content=True),
    }
    if given.way:
        with session("benchmark", id="t-1", path="/trip/research"):
            work(given.way, given.count)
        return
    best: dict[tuple[str, str], float] = {}
    with session("benchmark"), httpx.Client(transport=httpx.MockTransport(respond)) as client:
        for _ in range(rounds):
            for way, switch in ways.items():
                switch()
                for case in BODIES:
                    took = measure(call(client, case), count)
                    best[case, way] = min(best.get((case, way), took), took)
    announcing(20 * rounds, count // 10)
    print("\n| request | bare | ours adds | with content |\n|---|---:|---:|---:|")
    for case in BODIES:
        bare = best[case, "bare"]
        more = [f"+{best[case, way] - bare:.0f}" for way in list(ways)[1:]]
        print(f"| {case} | {bare:.0f} | {' | '.join(more)} |")


if __name__ == "__main__":
    main()
