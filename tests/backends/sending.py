"""Spans as a program without our processor makes them, through a stock OTLP exporter."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def tracing(
    endpoint: str, *before: SpanProcessor, service: str = "tests", delivered: bool = True
) -> Iterator[Tracer]:
    """Yield a tracer whose spans are at *endpoint*, over gRPC, when the block ends.

    Args:
        endpoint: ``http://HOST:PORT``.
        before: Processors that see the spans first.
        service: The spans' ``service.name``.
        delivered: Whether it is an error when they could not be delivered.
    """
    provider = TracerProvider(
        resource=Resource.create({"service.name": service}), shutdown_on_exit=False
    )
    for processor in before:
        provider.add_span_processor(processor)
    batches = BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, insecure=True))
    provider.add_span_processor(batches)
    yield provider.get_tracer(service)
    assert provider.force_flush(20_000) or not delivered
    provider.shutdown()


def demo(protocol: str, endpoint: str) -> list[dict[str, Any]]:
    """Run two trips of the demo in a process of its own; return the spans that it sent."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.backends.demo_program", protocol, endpoint],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    spans: list[dict[str, Any]] = json.loads(done.stdout)
    return spans
