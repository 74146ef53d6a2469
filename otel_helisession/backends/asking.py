"""ask(): one GET of a backend's API, and what its answer is."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from typing import IO, Any, Final
from urllib import error as url_errors
from urllib import request as url_requests

from otel_helisession.backends.address import Address
from otel_helisession.backends.error import BackendError
from otel_helisession.redaction import redact

TIMEOUT_SECONDS: Final = 20.0
"""How long one question may take: a search over a week of blocks takes seconds, and a person
gives up soon after this."""

MAX_BYTES: Final = 256_000_000
"""Largest answer that is read: far above any trace that Tempo keeps (5 MB), a bound all the
same against a server that never ends."""

_PIECE: Final = 1 << 16
_SHOWN_CHARS: Final = 200


class Refused(BackendError):
    """The backend answered with a status that is no success.

    Attributes:
        status: The HTTP status.
        said: The answer, in short.
    """

    def __init__(self, status: int, said: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.said = said


class _Stay(url_requests.HTTPRedirectHandler):
    """Follows no redirect: it would take the headers to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def ask(
    address: Address,
    path: str,
    parameters: Mapping[str, str | int] | None = None,
    *,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> dict[str, Any]:
    """Return the JSON object that *path* answers.

    Goes through the proxy that the usual variables name, follows no redirect, and takes no
    longer than *timeout_seconds* from the first byte to the last.

    Raises:
        Refused: The status is no success.
        BackendError: Nothing answers, too late, or not in JSON.
    """
    request = url_requests.Request(
        address.target(path, parameters or {}),
        headers={"Accept": "application/json", **address.headers},
    )
    deadline = time.monotonic() + timeout_seconds
    try:
        with url_requests.build_opener(_Stay).open(request, timeout=timeout_seconds) as answer:
            return _json(address, path, _read(answer, address, deadline, timeout_seconds))
    except url_errors.HTTPError as refused:
        with refused:
            raise _refused(address, path, refused) from None
    except url_errors.URLError as error:
        raise BackendError(_unreachable(address, error.reason, timeout_seconds)) from None
    except (OSError, http.client.HTTPException) as error:
        raise BackendError(_unreachable(address, error, timeout_seconds)) from None


def _read(answer: IO[bytes], address: Address, deadline: float, seconds: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BYTES:
            raise BackendError(
                f"{address.title} answers with more than {MAX_BYTES // 1_000_000} MB; ask for "
                "less with --since or --limit"
            )
        if time.monotonic() > deadline:
            raise BackendError(_too_slow(address, seconds))
    return b"".join(pieces)


def _json(address: Address, path: str, body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict):
        return said
    begins = " ".join(body[:40].decode("utf-8", "replace").split())
    raise BackendError(
        f"{address.title} does not answer like one: {path} should be JSON and begins with "
        f"{redact(begins)!r}. Is it the right URL?"
    )


def _refused(address: Address, path: str, error: url_errors.HTTPError) -> Refused:
    status = error.code
    said = " ".join(_beginning(error).split())
    shown = redact(said[:_SHOWN_CHARS])
    where = f"{address.title} answers {status}"
    if status in (401, 403):
        hint = "it wants a key: set HELISESSION_BACKEND_HEADERS, as in Authorization=Bearer%20..."
    elif 300 <= status < 400:
        target = str(error.headers.get("Location", "")).partition("?")[0]
        hint = f"it redirects to {redact(target)!r}; give that URL if it is the backend's"
    elif status == 404:
        hint = f"there is no {path.partition('?')[0]}; is it the right URL, and a {address.kind}?"
    elif status == 429 or status >= 500:
        hint = f"it could not answer: {shown}" if shown else "it could not answer; try again later"
    else:
        hint = shown or "no reason is given"
    return Refused(status, said, f"{where}: {hint}")


def _beginning(error: url_errors.HTTPError) -> str:
    try:
        return error.read(4_000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return ""


def _unreachable(address: Address, reason: object, seconds: float) -> str:
    if isinstance(reason, (TimeoutError, socket.timeout)):
        return _too_slow(address, seconds)
    if isinstance(reason, socket.gaierror):
        return f"{address.title} is not found: the host's name does not resolve"
    if isinstance(reason, ssl.SSLError):
        said = getattr(reason, "verify_message", "") or reason.reason or str(reason)
        return (
            f"{address.title}: TLS fails ({said}). If it speaks plain HTTP, write http://; for a "
            "certificate of your own set SSL_CERT_FILE"
        )
    if isinstance(reason, http.client.HTTPException):
        return f"{address.title} does not speak HTTP ({type(reason).__name__}); is it the port?"
    said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return f"nothing answers at {address.url} ({said}); is {address.kind} running there?"


def _too_slow(address: Address, seconds: float) -> str:
    return (
        f"{address.title} did not answer within {seconds:.0f} s; ask for less with --since or "
        "--limit"
    )
