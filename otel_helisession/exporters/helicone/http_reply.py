"""Reading one HTTP/1.1 answer from bytes as they come (RFC 9112)."""

from __future__ import annotations

from typing import Final

from otel_helisession.exporters.helicone.answer import Reply

MAX_HEAD_BYTES: Final = 32_768
"""Longest status line and headers."""

MAX_BODY_BYTES: Final = 65_536
"""Most that is read of a body; Helicone's are a few hundred bytes. More closes the connection."""

_END: Final = b"\r\n\r\n"
_DIGITS: Final = b"0123456789abcdefABCDEF"


class ReplyReader:
    """Reads one answer. Feed it what arrives until it returns the Reply.

    Attributes:
        keep_alive: Whether the connection may carry another request afterwards.
        started: Whether anything has arrived.
    """

    __slots__ = ("_body_at", "_buffer", "_headers", "_length", "_status", "keep_alive", "started")

    def __init__(self) -> None:
        self._buffer = b""
        self._body_at = 0
        self._status = 0
        self._length: int | None = None
        self._headers: dict[bytes, bytes] = {}
        self.keep_alive = True
        self.started = False

    def feed(self, data: bytes) -> Reply | None:
        """Take *data* and return the Reply when it is complete.

        Raises:
            ValueError: What came is no HTTP answer.
        """
        self.started = True
        self._buffer += data
        while not self._body_at:
            end = self._buffer.find(_END)
            if end < 0:
                if len(self._buffer) > MAX_HEAD_BYTES or not self._buffer.startswith(
                    b"HTTP/1."[: len(self._buffer)]
                ):
                    raise ValueError("the answer is no HTTP/1.1")
                return None
            self._read_head(self._buffer[:end])
            if self._status < 200:  # 100 Continue, 103 Early Hints
                self._buffer = self._buffer[end + 4 :]
            else:
                self._body_at = end + 4
        return self._read_body()

    def end(self) -> Reply | None:
        """Return the Reply that the end of the connection completes; None when it breaks off."""
        self.keep_alive = False
        if self._body_at and self._length is None and not self._is_chunked():
            return self._reply(self._buffer[self._body_at :])
        return None

    def _read_head(self, head: bytes) -> None:
        status, *lines = head.split(b"\r\n")
        version, _, rest = status.partition(b" ")
        code = rest[:3]
        if not version.startswith(b"HTTP/1.") or not code.isdigit():
            raise ValueError("the answer is no HTTP/1.1")
        self._status = int(code)
        headers = {}
        for line in lines:
            name, _, value = line.partition(b":")
            headers[name.strip().lower()] = value.strip()
        self._headers = headers
        connection = headers.get(b"connection", b"").lower()
        self.keep_alive = b"close" not in connection and version != b"HTTP/1.0"
        length = headers.get(b"content-length")
        self._length = None
        if self._status in (204, 304):
            self._length = 0
        elif length is not None and not self._is_chunked():
            self._length = _size(length, 10)

    def _is_chunked(self) -> bool:
        return b"chunked" in self._headers.get(b"transfer-encoding", b"").lower()

    def _read_body(self) -> Reply | None:
        size = len(self._buffer) - self._body_at
        length = self._length
        if length is not None and size >= length:
            self.keep_alive = self.keep_alive and size == length
            return self._reply(self._buffer[self._body_at : self._body_at + length])
        if size > MAX_BODY_BYTES:
            self.keep_alive = False
            return self._reply(self._buffer[self._body_at :])
        if length is None and self._is_chunked():
            body = _dechunked(self._buffer, self._body_at)
            return None if body is None else self._reply(body)
        return None

    def _reply(self, body: bytes) -> Reply:
        return Reply(
            self._status,
            body[:MAX_BODY_BYTES],
            _text(self._headers.get(b"helicone-id")),
            _text(self._headers.get(b"retry-after")),
        )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _size(digits: bytes, base: int) -> int:
    """Return the number that *digits* are: ``int()`` would take a sign, a prefix, underscores.

    Raises:
        ValueError: They are none.
    """
    if digits.strip(_DIGITS):
        raise ValueError("the answer is no HTTP/1.1")
    return int(digits, base)


def _dechunked(data: bytes, at: int) -> bytes | None:
    """Return the body of the chunks from *at* on; None while they are incomplete.

    Raises:
        ValueError: They are no chunks.
    """
    body = b""
    while True:
        end = data.find(b"\r\n", at)
        if end < 0:
            return None
        size = _size(data[at:end].partition(b";")[0].strip(), 16)
        start = end + 2
        if size == 0:
            done = data.startswith(b"\r\n", start) or data.find(_END, start) >= 0
            return body if done else None
        if len(data) < start + size + 2:
            return None
        body += data[start : start + size]
        at = start + size + 2
