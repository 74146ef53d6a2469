"""Reading HTTP/1.1 answers, whole or in pieces."""

from __future__ import annotations

import pytest

from otel_helisession.exporters.helicone.answer import Reply
from otel_helisession.exporters.helicone.http_reply import MAX_BODY_BYTES, ReplyReader

HEAD = b"HTTP/1.1 200 OK\r\nHelicone-Id: 7\r\n"
OK = Reply(200, b"ok", "7", None)
LENGTH = b"Content-Length: 2\r\n\r\nok"
CHUNKED = b"transfer-encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
BUSY = b"HTTP/1.1 429 \r\nRetry-After: 3\r\ncontent-length: 0\r\n\r\n"
ANSWERS = {
    "length": (HEAD + LENGTH, OK, True),
    "chunked": (HEAD + CHUNKED + b"\r\n", OK, True),
    "trailer": (HEAD + CHUNKED + b"A: b\r\n\r\n", OK, True),
    "close": (HEAD + b"Connection: close\r\n" + LENGTH, OK, False),
    "1.0": (HEAD.replace(b"1.1", b"1.0") + LENGTH, OK, False),
    "early hints": (HINTS + HEAD + LENGTH, OK, True),
    "empty": (BUSY, Reply(429, b"", None, "3"), True),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", Reply(204), True),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_an_answer_in_pieces_of_any_size(name: str, size: int) -> None:
    """It is complete with its last byte, and never before."""
    data, expected, keep_alive = ANSWERS[name]
    reader = ReplyReader()
    replies = [reader.feed(data[at : at + size]) for at in range(0, len(data), size)]
    assert replies[:-1] == [None] * (len(replies) - 1)
    assert (replies[-1], reader.keep_alive) == (expected, keep_alive)


def test_a_body_may_end_with_the_connection() -> None:
    """Without a length; with one it breaks off."""
    reader = ReplyReader()
    assert reader.feed(HEAD + b"\r\nok") is None
    assert reader.end() == OK
    for cut in (HEAD, HEAD + b"Content-Length: 9\r\n\r\nok", b""):
        broken = ReplyReader()
        assert (broken.feed(cut), broken.end()) == (None, None)


def test_more_than_was_announced_closes_the_connection() -> None:
    """What follows cannot be the answer to the next request."""
    reader = ReplyReader()
    assert reader.feed(HEAD + b"Content-Length: 2\r\n\r\nokHTTP/1.1") == OK
    assert reader.keep_alive is False


def test_a_body_without_end_is_cut() -> None:
    """Helicone's are a few hundred bytes."""
    reader = ReplyReader()
    reply = reader.feed(HEAD + b"Content-Length: 9999999\r\n\r\n" + b"x" * (MAX_BODY_BYTES + 1))
    assert reply == Reply(200, b"x" * MAX_BODY_BYTES, "7", None)
    assert reader.keep_alive is False


@pytest.mark.parametrize(
    "data",
    [
        *(b"SSH-2.0-OpenSSH\r\n", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x16\x03\x01"),
        *(HEAD + b"Content-Length: two\r\n\r\n", HEAD + b"X: " + b"y" * 40_000),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nok",
    ],
)
def test_what_is_no_http_is_an_error(data: bytes) -> None:
    """Other protocols, wrong lengths, heads without end."""
    with pytest.raises(ValueError):
        ReplyReader().feed(data)


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: -5\r\n\r\nok",
        b"Content-Length: 1_0\r\n\r\nokokokokok",
        b"Transfer-Encoding: chunked\r\n\r\n-6\r\nok\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n\r\nok\r\n0\r\n\r\n",
    ],
)
def test_a_size_that_is_no_size_is_an_error(framing: bytes) -> None:
    """A negative chunk would be read again and again, for ever."""
    with pytest.raises(ValueError):
        ReplyReader().feed(HEAD + framing)
