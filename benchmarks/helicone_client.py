"""Sends logs of 4 kB to a Helicone endpoint with one client, and prints what that took.

    python benchmarks/helicone_client.py CLIENT ORIGIN COUNT

CLIENT is ``helisession`` (the exporter), ``helisession-pipeline`` (SessionSpanProcessor and
exporter, spans included) or ``helicone-helpers``. Prints JSON: seconds of wall clock and of
CPU, all threads together, after a warm-up that is not counted.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

KEY = "sk-helicone-0000000-0000000-0000000-0000000"
QUESTION = "Where can one stay in Lisbon for three nights, near a tram? " * 33  # 2 kB
ANSWER = "There are rooms in Alfama, and the 28 passes by every ten minutes. " * 30  # 2 kB
BATCH = 512
CALLS = 8  # in a session

Send = Callable[[int], None]


def helicone_helpers(origin: str) -> Send:
    from helicone_helpers import HeliconeManualLogger

    logger = HeliconeManualLogger(
        KEY,
        headers={
            "Helicone-Session-Id": "session-1",
            "Helicone-Session-Path": "/trip/research",
            "Helicone-Session-Name": "Trip planner",
        },
        logging_endpoint=origin,
    )

    def send(count: int) -> None:
        for _ in range(count):
            now = time.time()
            logger.send_log(
                provider=None,
                request={
                    "model": "gpt-4o-mini",
                    "messages": [{"role": "user", "content": QUESTION}],
                },
                response={
                    "id": "chatcmpl-1",
                    "object": "chat.completion",
                    "model": "gpt-4o-mini",
                    "choices": [
                        {
                            "index": 0,
                            "message": {"role": "assistant", "content": ANSWER},
                            "finish_reason": "stop",
                        }
                    ],
                    "usage": {"prompt_tokens": 500, "completion_tokens": 500},
                },
                options={"start_time": now, "end_time": now},
            )

    return send


def _attributes() -> dict[str, object]:
    question = {"role": "user", "parts": [{"type": "text", "content": QUESTION}]}
    answer = {
        "role": "assistant",
        "parts": [{"type": "text", "content": ANSWER}],
        "finish_reason": "stop",
    }
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.response.model": "gpt-4o-mini",
        "gen_ai.usage.input_tokens": 500,
        "gen_ai.usage.output_tokens": 500,
        "gen_ai.input.messages": json.dumps([question]),
        "gen_ai.output.messages": json.dumps([answer]),
    }


def helisession(origin: str) -> Send:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExportResult

    from otel_helisession.exporters.helicone import HeliconeSpanExporter

    exporter = HeliconeSpanExporter(KEY, f"{origin}/custom/v1/log")
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("benchmark")
    session = {
        "helicone.session.id": "session-1",
        "helicone.session.path": "/trip/research",
        "helicone.session.name": "Trip planner",
    }
    attributes = {**session, **_attributes()}
    spans = []
    for _ in range(BATCH):
        span = tracer.start_span("chat gpt-4o-mini", attributes=attributes)
        span.end()
        spans.append(span)

    def send(count: int) -> None:
        for start in range(0, count, BATCH):
            result = exporter.export(spans[: min(BATCH, count - start)])
            assert result is SpanExportResult.SUCCESS

    return send


def helisession_pipeline(origin: str) -> Send:
    from opentelemetry.sdk.trace import TracerProvider

    from otel_helisession.exporters.helicone import HeliconeSpanExporter
    from otel_helisession.processor import SessionSpanProcessor
    from otel_helisession.sessions.scope import session

    exporter = HeliconeSpanExporter(KEY, f"{origin}/custom/v1/log")
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SessionSpanProcessor(exporter))
    tracer = provider.get_tracer("benchmark")
    attributes = _attributes()

    def send(count: int) -> None:
        for _ in range(count // CALLS):
            with session("Trip planner"):
                for _ in range(CALLS):
                    tracer.start_span("chat gpt-4o-mini", attributes=attributes).end()
        assert provider.force_flush()

    return send


CLIENTS = {
    "helicone-helpers": helicone_helpers,
    "helisession": helisession,
    "helisession-pipeline": helisession_pipeline,
}


def main(client: str, origin: str, count: int) -> None:
    send = CLIENTS[client](origin)
    send(min(count, 64))
    wall, cpu = time.perf_counter(), time.process_time()
    send(count)
    print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
