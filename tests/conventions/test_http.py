"""HTTP CLIENT spans: calls of known models and vector databases, where nobody else says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from subprocess import CompletedProcess
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.instrumentation.httpx import (
    AsyncOpenTelemetryTransport,
    SyncOpenTelemetryTransport,
)
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind

from otel_helisession import record, session, step
from otel_helisession.conventions import reader
from otel_helisession.conventions.dialects import http
from otel_helisession.conventions.operation import Operation, VectorQuery
from tests.collecting import CollectedSpans

OPENAI = "https://api.openai.com/v1/chat/completions"
AZURE = "https://x.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=1"
GEMINI = "https://generativelanguage.googleapis.com/v1beta/models/gemini-x:streamGenerateContent"
BEDROCK = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.nova-v1%3A0/converse"
QDRANT = "http://localhost:6333/collections/hotels/points/query"
PINECONE = "https://hotels-1a2b3c4.svc.aped-4627-b74a.pinecone.io/query"


def send(url: str, status: int = 200, method: str = "POST") -> None:
    """Send a request that only the official instrumentation of httpx sees."""
    transport = SyncOpenTelemetryTransport(httpx.MockTransport(lambda _: httpx.Response(status)))
    with httpx.Client(transport=transport) as client:
        client.request(method, url)


def read(spans: CollectedSpans) -> Operation:
    """What the only HTTP span says."""
    (span,) = [one for one in spans() if one.kind is SpanKind.CLIENT]
    return reader.read(span)


@pytest.mark.parametrize(
    ("url", "operation", "provider", "model"),
    [
        (OPENAI, "chat", "openai", None),
        (AZURE, "chat", "azure.ai.openai", "gpt-4o"),
        (GEMINI, "generate_content", "gcp.gemini", "gemini-x"),
        (BEDROCK, "chat", "aws.bedrock", "amazon.nova-v1:0"),
        ("https://api.anthropic.com/v1/messages", "chat", "anthropic", None),
        ("https://api.mistral.ai/v1/embeddings", "embeddings", "mistral_ai", None),
        ("https://api.cohere.com/v2/chat", "chat", "cohere", None),
        ("http://localhost:8000/v1/chat/completions", "chat", "openai", None),
    ],
)
def test_a_call_of_a_known_model_is_a_request(
    spans: CollectedSpans, url: str, operation: str, provider: str, model: str | None
) -> None:
    """Operation, provider and a model in the URL; nothing more can be known."""
    with session("Trip"):
        send(url)
    made = read(spans)
    assert (made.kind, made.convention, made.name) == ("llm", "http", operation)
    assert (made.provider, made.request_model, made.segment) == (provider, model, "")


@pytest.mark.parametrize(
    ("url", "database", "segment"),
    [(QDRANT, "qdrant", "search_hotels"), (PINECONE, "pinecone", "search_hotels")],
)
def test_a_call_of_a_vector_database_is_a_request(
    spans: CollectedSpans, url: str, database: str, segment: str
) -> None:
    """It adds its function to the path, as a recorded one does."""
    with session("Trip", path="/trip"):
        send(url)
    (span,) = spans()
    made = reader.read(span)
    assert (made.kind, made.segment) == ("vector_db", segment)
    assert made.vector == VectorQuery("search", database, "hotels")
    assert (span.attributes or {})["helicone.session.path"] == f"/trip/{segment}"
    assert (span.attributes or {})["helicone.request.type"] == "vector_db"


@pytest.mark.parametrize(
    ("url", "method"),
    [
        ("https://api.openai.com/v1/models", "GET"),
        ("https://api.openai.com/v1/chat/completions", "GET"),
        ("https://shop.example/v1/responses", "POST"),
        ("https://shop.example/v1/messages", "POST"),
        ("https://shop.example/chat", "POST"),
        ("https://shop.example/query", "POST"),
        ("https://api.openai.com.evil.example/v1/responses", "POST"),
    ],
)
def test_other_calls_are_plumbing(spans: CollectedSpans, url: str, method: str) -> None:
    """A path that others have, too, is not enough at a host that is not known."""
    with session("Trip"):
        send(url, method=method)
    (span,) = spans()
    assert reader.read(span).kind == "structure"
    assert "helicone.request.type" not in (span.attributes or {})


def test_a_failed_call_says_its_status(spans: CollectedSpans) -> None:
    """The span has it."""
    with session("Trip"):
        send(OPENAI, status=429)
    failure = read(spans).failure
    assert failure is not None
    assert failure.status_code == 429


MARKS: list[dict[str, Any]] = [
    {"gen_ai.operation.name": "chat"},
    {"openinference.span.kind": "LLM"},
    {"llm.request.type": "chat"},
    {"langfuse.observation.type": "generation"},
]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("between", [0, 3])
def test_below_an_llm_span_it_is_plumbing(
    spans: CollectedSpans, mark: dict[str, Any], between: int
) -> None:
    """Whatever convention that speaks, and with a framework's own spans between."""
    tracer = trace.get_tracer("theirs")
    with session("Trip"), ExitStack() as around:
        around.enter_context(tracer.start_as_current_span("their call", attributes=mark))
        for _ in range(between):
            around.enter_context(tracer.start_as_current_span("inner"))
        send(OPENAI)
    assert [reader.read(one).kind for one in spans()].count("llm") == 1
    assert read(spans).kind == "structure"


def test_a_call_within_another_kind_of_request_is_a_request(spans: CollectedSpans) -> None:
    """A tool asks a model, and a search has its question embedded."""
    with session("Trip"):
        with record.tool("guess"):
            send(OPENAI)
        with record.vector("search", database="qdrant", collection="hotels"):
            send("https://api.openai.com/v1/embeddings")
            send(QDRANT)
    kinds = [reader.read(one).kind for one in spans()]
    assert kinds == ["llm", "tool", "llm", "structure", "vector_db"]


def test_what_a_server_answers_is_no_call(spans: CollectedSpans) -> None:
    """A gateway of one's own has the same path on its SERVER spans."""
    attributes = {"http.request.method": "POST", "url.full": OPENAI}
    tracer = trace.get_tracer("theirs")
    with session("Trip"):
        tracer.start_span("POST", kind=SpanKind.SERVER, attributes=attributes).end()
        tracer.start_span("POST", kind=SpanKind.CLIENT, attributes=attributes).end()
    assert [reader.read(one).kind for one in spans()] == ["structure", "llm"]


def test_without_a_session_nobody_looks(spans: CollectedSpans) -> None:
    """Nothing is stamped, so nothing is a request."""
    send(OPENAI)
    assert read(spans).kind == "structure"


def test_an_async_call_is_seen_alike(spans: CollectedSpans) -> None:
    """By the other transport."""

    async def main() -> None:
        inner = httpx.MockTransport(lambda _: httpx.Response(200))
        async with httpx.AsyncClient(transport=AsyncOpenTelemetryTransport(inner)) as client:
            await client.post(OPENAI)

    with session("Trip"), step("ask"):
        asyncio.run(main())
    assert read(spans).kind == "llm"


NEW_KEYS = f"""
import httpx
from opentelemetry.instrumentation.httpx import SyncOpenTelemetryTransport
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from otel_helisession import SessionSpanProcessor, session
from otel_helisession.conventions import reader

provider, memory = TracerProvider(), InMemorySpanExporter()
for processor in (SessionSpanProcessor(), SimpleSpanProcessor(memory)):
    provider.add_span_processor(processor)
trace.set_tracer_provider(provider)
transport = SyncOpenTelemetryTransport(httpx.MockTransport(lambda _: httpx.Response(200)))
with session("Trip"), httpx.Client(transport=transport) as client:
    client.post({AZURE!r})
(span,) = memory.get_finished_spans()
print(sorted(name for name in span.attributes if name in ("http.url", "url.full")))
print(reader.read(span).kind, reader.read(span).provider, reader.read(span).request_model)
"""


@pytest.mark.parametrize(("opted", "keys"), [("", ["http.url"]), ("http", ["url.full"])])
def test_both_generations_of_keys_are_read(
    run_python: Callable[..., CompletedProcess[str]], opted: str, keys: list[str]
) -> None:
    """The instrumentation writes the new ones when its user opts in."""
    done = run_python(NEW_KEYS, OTEL_SEMCONV_STABILITY_OPT_IN=opted)
    assert done.stdout == f"{keys}\nllm azure.ai.openai gpt-4o\n", done.stderr


@pytest.mark.parametrize("junk", [None, 7, b"x", ("a",), "", "//[", "http://[", "x" * 100_000])
@pytest.mark.parametrize("key", ["http.url", "url.full", "http.method", "helicone.request.type"])
def test_nothing_raises_on_attributes_of_any_type(key: str, junk: Any) -> None:
    """Whatever a library writes."""
    attributes = {"http.method": "POST", "http.url": QDRANT, "helicone.request.type": "vector_db"}
    attributes = {**attributes, key: junk}
    http.called(attributes)
    http.kind(attributes)
    http.segment("POST", attributes)
    reader.read(ReadableSpan("POST", attributes=attributes))
