"""Streams that are left early, lost, broken, endless: the span ends, the user's code goes on."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from opentelemetry.trace import StatusCode

from otel_helisession.http import body, instrument_httpx, uninstrument_httpx
from tests.collecting import CollectedSpans
from tests.http.bodies import CHAT_CHUNKS, CHAT_REQUEST, event_stream

URL = "https://api.example.com/v1/chat/completions"
HEADERS = {"content-type": "text/event-stream"}
EVENTS = [event_stream([chunk], done=False) for chunk in CHAT_CHUNKS]


def sync_client(package: Any, chunks: Iterator[bytes], **headers: str) -> Any:
    """Return a Client that is answered with a stream of *chunks*."""

    class Chunks(package.SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            yield from chunks

    def respond(request: Any) -> Any:
        return package.Response(200, headers={**HEADERS, **headers}, stream=Chunks())

    return package.Client(transport=package.MockTransport(respond))


def async_client(package: Any, chunks: Any) -> Any:
    """Return an AsyncClient that is answered with a stream of *chunks*."""

    class Chunks(package.AsyncByteStream):  # type: ignore[misc]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for chunk in chunks:
                yield chunk

    def respond(request: Any) -> Any:
        return package.Response(200, headers=HEADERS, stream=Chunks())

    return package.AsyncClient(transport=package.MockTransport(respond))


def test_a_stream_closed_early_ends_the_span_with_what_came(
    package: Any, spans: CollectedSpans
) -> None:
    """That is no error: the user had enough."""
    instrument_httpx(capture_content=True)
    with (
        sync_client(package, iter(EVENTS)) as client,
        client.stream("POST", URL, json=CHAT_REQUEST) as response,
    ):
        pieces = response.iter_raw()
        assert next(pieces) == EVENTS[0]
        assert spans() == ()
    (span,) = spans()
    assert span.attributes is not None
    assert span.attributes["gen_ai.response.id"] == "chatcmpl-1"
    assert "gen_ai.response.finish_reasons" not in span.attributes
    assert span.status.status_code is StatusCode.UNSET


def test_a_span_does_not_end_before_its_stream(package: Any, spans: CollectedSpans) -> None:
    """It ends with the last piece, before the response is closed."""
    instrument_httpx()
    client = sync_client(package, iter(EVENTS))
    response = client.send(client.build_request("POST", URL, json=CHAT_REQUEST), stream=True)
    pieces = response.iter_raw()
    for _ in EVENTS:
        next(pieces)
    assert spans() == ()
    assert list(pieces) == []
    assert len(spans()) == 1
    response.close()
    response.close()
    assert len(spans()) == 1


def test_a_stream_that_breaks_is_an_error(package: Any, spans: CollectedSpans) -> None:
    """The user gets the exception, and the span what came before."""

    def breaking() -> Iterator[bytes]:
        yield EVENTS[0]
        raise package.ReadError("the peer went away")

    instrument_httpx()
    with (
        sync_client(package, breaking()) as client,
        pytest.raises(package.ReadError),
        client.stream("POST", URL, json=CHAT_REQUEST) as response,
    ):
        response.read()
    (span,) = spans()
    assert span.attributes is not None
    assert span.attributes["error.type"] == f"{package.__name__}.ReadError"
    assert span.attributes["gen_ai.response.id"] == "chatcmpl-1"
    assert span.status.description == "ReadError: the peer went away"


def test_a_cancelled_stream_is_an_error(package: Any, spans: CollectedSpans) -> None:
    """Cancelled while it waits for the next piece."""

    async def endless() -> AsyncIterator[bytes]:
        yield EVENTS[0]
        await asyncio.sleep(60)

    async def main() -> None:
        async with (
            async_client(package, endless()) as client,
            client.stream("POST", URL, json=CHAT_REQUEST) as response,
        ):
            await asyncio.wait_for(response.aread(), 0.05)

    instrument_httpx()
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(main())
    (span,) = spans()
    assert span.attributes is not None
    assert span.attributes["error.type"] == "asyncio.exceptions.CancelledError"
    assert span.attributes["gen_ai.response.id"] == "chatcmpl-1"


def test_an_async_stream_left_early_ends_the_span(package: Any, spans: CollectedSpans) -> None:
    """And lets the generator below it go."""
    left: list[str] = []

    async def noting() -> AsyncIterator[bytes]:
        try:
            for event in EVENTS:
                yield event
        finally:
            left.append("closed")

    async def main() -> None:
        async with (
            async_client(package, noting()) as client,
            client.stream("POST", URL, json=CHAT_REQUEST) as response,
        ):
            async for _ in response.aiter_raw():
                break
        assert len(spans()) == 1

    instrument_httpx()
    asyncio.run(main())
    assert left == ["closed"]


def test_a_stream_that_nobody_closes_ends_when_it_is_lost(
    package: Any, spans: CollectedSpans
) -> None:
    """At the next call, but with the time of the loss."""
    instrument_httpx()
    client = sync_client(package, iter(EVENTS))
    client.send(client.build_request("POST", URL, json=CHAT_REQUEST), stream=True)
    gc.collect()
    assert spans() == ()
    uninstrument_httpx()
    (span,) = spans()
    assert span.name == "chat gpt-4o"


def test_what_the_response_knows_of_its_stream_stays(package: Any) -> None:
    """``elapsed`` is kept by the stream that ours stands for."""
    instrument_httpx()
    with sync_client(package, iter(EVENTS)) as client:
        with client.stream("POST", URL, json=CHAT_REQUEST) as response:
            assert response.read() == b"".join(EVENTS)
        assert response.elapsed.total_seconds() > 0
        assert response.num_bytes_downloaded == len(b"".join(EVENTS))


def test_of_a_huge_answer_the_ends_are_read(
    package: Any, spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id stands at its start and the usage at its end; the span says that it was cut."""
    monkeypatch.setattr(body, "MAX_HEAD_BYTES", 1_000)
    monkeypatch.setattr(body, "MAX_TAIL_BYTES", 1_000)
    instrument_httpx()
    chunks = [EVENTS[0], *[EVENTS[1]] * 1_000, *EVENTS[2:]]
    with (
        sync_client(package, iter(chunks)) as client,
        client.stream("POST", URL, json=CHAT_REQUEST) as response,
    ):
        assert response.read() == b"".join(chunks)
    (span,) = spans()
    assert span.attributes is not None
    assert span.attributes["gen_ai.response.id"] == "chatcmpl-1"
    assert span.attributes["gen_ai.usage.output_tokens"] == 7
    assert span.attributes["helicone.response.truncated"] is True


def test_what_a_server_compresses_beyond_reason_is_not_unpacked(
    package: Any, spans: CollectedSpans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few kilobytes can be gigabytes."""
    monkeypatch.setattr(body, "MAX_DECODED_BYTES", 1_000_000)
    instrument_httpx()
    bomb = gzip.compress(b"data: {}\n\n" + b" " * 50_000_000)
    with (
        sync_client(package, iter([bomb]), **{"content-encoding": "gzip"}) as client,
        client.stream("POST", URL, json=CHAT_REQUEST) as response,
    ):
        for _ in response.iter_raw():
            pass
    assert spans.one("chat gpt-4o").attributes["helicone.response.truncated"] is True  # type: ignore[index]


@pytest.mark.parametrize("junk", [b"\x00" * 100, b"data: {", b"data: [1]\n\n", b"\n\n\n", b"data:"])
def test_a_stream_of_junk_ends_the_span(package: Any, spans: CollectedSpans, junk: bytes) -> None:
    """Compressed or not, and whatever its headers claim."""
    instrument_httpx(capture_content=True)
    for headers in ({}, {"content-encoding": "gzip"}):
        with (
            sync_client(package, iter([junk]), **headers) as client,
            client.stream("POST", URL, json=CHAT_REQUEST) as response,
        ):
            assert b"".join(response.iter_raw()) == junk
    assert [span.status.status_code for span in spans()] == [StatusCode.UNSET] * 2


@pytest.mark.parametrize("keeps", [True, False])
def test_a_response_hook_that_reads_the_stream_is_the_users_affair(
    package: Any, spans: CollectedSpans, keeps: bool
) -> None:
    """What it kept is read; what it threw away is missing; the span ends."""
    instrument_httpx()

    def read(response: Any) -> None:
        if keeps:
            response.read()
        else:
            list(response.iter_raw())

    client = sync_client(package, iter(EVENTS))
    client.event_hooks["response"].append(read)
    with client, client.stream("POST", URL, json=CHAT_REQUEST):
        pass
    assert ("gen_ai.response.id" in (spans.one("chat gpt-4o").attributes or {})) is keeps


def test_a_stream_that_is_not_known_to_its_end_says_so(package: Any, spans: CollectedSpans) -> None:
    """Unless the model's last word was among what came."""
    instrument_httpx()
    for taken in range(1, len(EVENTS) + 1):
        with (
            sync_client(package, iter(EVENTS)) as client,
            client.stream("POST", URL, json=CHAT_REQUEST) as response,
        ):
            pieces = response.iter_raw()
            for _ in range(taken):
                next(pieces)
    cut = ["helicone.response.truncated" in (span.attributes or {}) for span in spans()]
    assert cut == [True, True, True, False, False]


def test_a_broken_stream_says_that_its_end_is_missing(package: Any, spans: CollectedSpans) -> None:
    """Beside the error."""

    def breaking() -> Iterator[bytes]:
        yield EVENTS[0]
        raise package.ReadError("the peer went away")

    instrument_httpx()
    with (
        sync_client(package, breaking()) as client,
        pytest.raises(package.ReadError),
        client.stream("POST", URL, json=CHAT_REQUEST) as response,
    ):
        response.read()
    assert (spans.one("chat gpt-4o").attributes or {})["helicone.response.truncated"] is True


def test_memory_is_bounded_whatever_a_server_streams(package: Any, spans: CollectedSpans) -> None:
    """A stream of 200 MB leaves 4 MB of its start and 64 kB of its end."""
    instrument_httpx(capture_content=True)
    chunks = (b"data: " + b"x" * 65_520 + b"\n\n" for _ in range(3_200))
    with (
        sync_client(package, chunks) as client,
        client.stream("POST", URL, json=CHAT_REQUEST) as response,
    ):
        tracemalloc.start()
        try:
            for _ in response.iter_raw():
                pass
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert spans.one("chat gpt-4o").attributes is not None
    assert peak < 16 * 1024 * 1024, f"{peak / 1e6:.1f} MB"


def compressed(encoding: str, data: bytes) -> bytes:
    """Return *data* in an encoding of HTTP's; skips the test where nobody here knows it."""
    if encoding == "br":
        packed: bytes = pytest.importorskip("brotli").compress(data)
        return packed
    if encoding == "zstd":
        packed = pytest.importorskip("zstandard").compress(data)
        return packed
    return gzip.compress(data) if encoding == "gzip" else zlib.compress(data)


@pytest.mark.parametrize("encodings", ["gzip", "deflate", "br", "zstd", "gzip, deflate"])
def test_compressed_answers_are_read_where_the_client_can(
    package: Any, spans: CollectedSpans, encodings: str
) -> None:
    """The user gets the bytes that came."""
    packed = b"".join(EVENTS)
    for one in encodings.split(", "):
        packed = compressed(one, packed)
    headers = {"content-encoding": encodings}
    if package.Response(200, headers=headers, content=packed).content == packed:
        pytest.skip(f"this {package.__name__} has no decoder for {encodings}")
    instrument_httpx()
    with (
        sync_client(package, iter([packed]), **headers) as client,
        client.stream("POST", URL, json=CHAT_REQUEST) as response,
    ):
        assert b"".join(response.iter_raw()) == packed
    attributes = spans.one("chat gpt-4o").attributes or {}
    assert attributes["gen_ai.usage.output_tokens"] == 7


@pytest.mark.parametrize("encoding", ["compress", "br", "zstd", "made-up"])
def test_what_the_client_cannot_decode_is_left_alone(
    package: Any, spans: CollectedSpans, encoding: str
) -> None:
    """The span ends with what the request said."""
    packed = b"\x8b\x02\x80" + bytes(range(256))
    instrument_httpx()
    with (
        sync_client(package, iter([packed]), **{"content-encoding": encoding}) as client,
        client.stream("POST", URL, json=CHAT_REQUEST) as response,
    ):
        assert b"".join(response.iter_raw()) == packed
    assert "gen_ai.response.id" not in (spans.one("chat gpt-4o").attributes or {})


def test_a_compressed_request_is_read(package: Any, spans: CollectedSpans) -> None:
    """By the client's own decoder."""
    instrument_httpx()
    packed = gzip.compress(json.dumps(CHAT_REQUEST).encode())
    with sync_client(package, iter(EVENTS)) as client:
        client.post(URL, content=packed, headers={"content-encoding": "gzip"})
    assert (spans.one("chat gpt-4o").attributes or {})["gen_ai.request.model"] == "gpt-4o"


def test_a_form_with_files_is_left_alone(package: Any, spans: CollectedSpans) -> None:
    """It is sent as it is, and is no LLM call that we could read."""
    instrument_httpx()
    sent: list[bytes] = []

    def respond(request: Any) -> Any:
        sent.append(request.read())
        return package.Response(200)

    with package.Client(transport=package.MockTransport(respond)) as client:
        client.post(URL, files={"file": ("a.json", b"{}", "application/json")})
    assert spans() == ()
    assert b'filename="a.json"' in sent[0]
