"""OTLP over HTTP: one request of any signal, and its answer.

https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

from __future__ import annotations

import json
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from otel_helisession.guard import caught
from otel_helisession.intake import status
from otel_helisession.intake.body import BusyError, Room, read_body
from otel_helisession.intake.compression import (
    MAX_BODY_BYTES,
    TooLargeError,
    UnknownEncodingError,
    decompress,
)
from otel_helisession.intake.inbox import BUSY, FullError, unwritable
from otel_helisession.intake.intake import Intake
from otel_helisession.intake.receipt import Receipt
from otel_helisession.intake.signals import Signal
from otel_helisession.web.policy import Refusal

PROTOBUF: Final = "application/x-protobuf"
JSON: Final = "application/json"
_TYPES: Final = {PROTOBUF: PROTOBUF, "application/protobuf": PROTOBUF, JSON: JSON}

RETRY_SECONDS: Final = 1
"""When to come again: 10 MB are read in the meantime."""

_REFUSED: Final = {
    401: status.UNAUTHENTICATED,
    403: status.PERMISSION_DENIED,
    413: status.RESOURCE_EXHAUSTED,
}
"""gRPC's codes for what our gate answers."""


def media_type(said: str) -> str | None:
    """Return the encoding that a Content-Type names, PROTOBUF or JSON; None for another one."""
    return _TYPES.get(said.partition(";")[0].strip().lower())


async def receive(request: Request, intake: Intake, room: Room, signal: Signal) -> Response:
    """Accept *request*, and answer in its own encoding."""
    said = request.headers.get("content-type", "")
    media = media_type(said)
    if media is None:
        message = f"Content-Type is {said[:100]!r}; accepted: {PROTOBUF}, {JSON}"
        return failure(JSON, 415, status.INVALID_ARGUMENT, message)
    try:
        body = await read_body(request, room)
    except TooLargeError:
        return too_large(media)
    except BusyError:
        intake.count(refused=1)
        return busy(media)
    except ClientDisconnect:
        return Response(status_code=499)
    try:
        encoding = request.headers.get("content-encoding", "")
        return await room.work(_accepted, intake, signal, media, bytes(body), encoding)
    finally:
        room.give_back(len(body))


def _accepted(intake: Intake, signal: Signal, media: str, body: bytes, encoding: str) -> Response:
    try:
        content = decompress(body, encoding, MAX_BODY_BYTES)
        accept = signal.accept if media == PROTOBUF else signal.accept_json
        receipt = accept(intake, content)
    except TooLargeError:
        return too_large(media)
    except UnknownEncodingError as error:
        message = f"Content-Encoding is {str(error)[:100]!r}; accepted: gzip, deflate, identity"
        return failure(media, 415, status.INVALID_ARGUMENT, message)
    except ValueError as error:
        return failure(media, 400, status.INVALID_ARGUMENT, str(error))
    except FullError:
        intake.count(refused=1)
        return busy(media)
    except OSError as error:
        return unwritten(media, unwritable(error))
    except Exception as error:
        caught("OTLP over HTTP", error)
        return failure(media, 400, status.INVALID_ARGUMENT, "this request cannot be read")
    return _success(media, signal, receipt)


def _success(media: str, signal: Signal, receipt: Receipt) -> Response:
    if media == PROTOBUF:
        return Response(signal.response(receipt).SerializeToString(), media_type=PROTOBUF)
    said: dict[str, object] = {}
    if receipt.problem:
        partial = {signal.rejected: str(receipt.rejected), "errorMessage": receipt.problem}
        said["partialSuccess"] = partial
    return Response(json.dumps(said), media_type=JSON)


def failure(media: str, code: int, grpc_code: int, message: str) -> Response:
    """Return the answer that says why, as google.rpc.Status."""
    return Response(_status(media, grpc_code, message), code, media_type=media)


def refused(refusal: Refusal, content_type: str) -> tuple[str, bytes]:
    """Return the media type and the body of the answer to a request that is not let in."""
    media = media_type(content_type) or JSON
    return media, _status(media, _REFUSED[refusal.status], refusal.message)


def _status(media: str, grpc_code: int, message: str) -> bytes:
    make = status.protobuf_status if media == PROTOBUF else status.json_status
    return make(grpc_code, message)


def too_large(media: str) -> Response:
    """Return the answer to a body that is too long."""
    message = f"the body has more than {MAX_BODY_BYTES} bytes; send smaller batches"
    made = failure(media, 413, status.RESOURCE_EXHAUSTED, message)
    made.headers["connection"] = "close"  # the rest of it is not read
    return made


def busy(media: str) -> Response:
    """Return the answer that asks to come again."""
    made = failure(media, 503, status.UNAVAILABLE, BUSY)
    made.headers["retry-after"] = str(RETRY_SECONDS)
    return made


def unwritten(media: str, message: str) -> Response:
    """Return the same where the disk takes nothing: *message* says why."""
    made = failure(media, 503, status.UNAVAILABLE, message)
    made.headers["retry-after"] = str(30 * RETRY_SECONDS)
    return made
