"""Helicone's logging endpoints: existing loggers, pointed here, log into the store.

Answers are the real ones', but that no key is asked for, and that a Jawn's refusals say why.
"""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from otel_helisession import semconv
from otel_helisession.guard import caught
from otel_helisession.intake.body import BusyError, Room, read_body
from otel_helisession.intake.compression import (
    TooLargeError,
    UnknownEncodingError,
    decompress,
)
from otel_helisession.intake.helicone_log import Flavour, parse_log
from otel_helisession.intake.helicone_span import span_of
from otel_helisession.intake.inbox import FullError, unwritable
from otel_helisession.intake.intake import Intake
from otel_helisession.otlp.encoding import request_of

MAX_LOG_BYTES: Final = 10 * 1024 * 1024
"""Longest log that Helicone takes."""

PATHS: Final[dict[str, Flavour]] = {
    "/custom/v1/log": "worker",
    "/oai/v1/log": "worker",
    "/anthropic/v1/log": "worker",
    "/googleapis/v1/log": "worker",
    "/v1/trace/custom/log": "jawn",
    "/v1/trace/custom/v1/log": "jawn",
    "/v1/trace/custom/log/typed": "jawn",
}
_ROUTES: Final = {"/oai": "OPENAI", "/anthropic": "ANTHROPIC", "/googleapis": "GOOGLE"}


async def receive(request: Request, intake: Intake, room: Room, flavour: Flavour) -> Response:
    """Accept one log, and answer as Helicone does."""
    try:
        body = await read_body(request, room)
    except TooLargeError:
        return _too_large(flavour)
    except BusyError:
        return _busy(intake)
    except ClientDisconnect:
        return Response(status_code=499)
    try:
        headers = dict(request.headers)
        path = request.url.path
        return await room.work(_accepted, intake, flavour, path, bytes(body), headers)
    finally:
        room.give_back(len(body))


def _accepted(
    intake: Intake, flavour: Flavour, path: str, body: bytes, headers: dict[str, Any]
) -> Response:
    route = path[: path.find("/", 1)]
    provider = _ROUTES.get(route, "OPENAI" if flavour == "jawn" else "CUSTOM")
    try:
        content = decompress(body, headers.get("content-encoding", ""), MAX_LOG_BYTES)
        log = parse_log(content, flavour, provider, headers)
        intake.accept(request_of([span_of(log)]))
    except TooLargeError:
        return _too_large(flavour)
    except UnknownEncodingError as error:
        return JSONResponse({"error": f"Content-Encoding {str(error)[:100]!r} is unknown"}, 415)
    except ValueError as error:
        return JSONResponse({"error": str(error)}, 400)
    except FullError:
        return _busy(intake)
    except OSError as error:
        return JSONResponse({"error": unwritable(error)}, 503, headers={"retry-after": "30"})
    except Exception as error:
        caught("a log for Helicone", error)
        return JSONResponse({"error": "this log cannot be read"}, 400)
    if flavour == "jawn":
        return Response()
    return PlainTextResponse("ok", headers={semconv.HELICONE_ID_HEADER: log.id})


def _too_large(flavour: Flavour) -> Response:
    status = 400 if flavour == "worker" else 413
    return PlainTextResponse("Payload too large", status, headers={"connection": "close"})


def _busy(intake: Intake) -> Response:
    """Ask to come again, in the way that Helicone's loggers wait longest for: Jawn's rate limit."""
    intake.count(refused=1)
    return JSONResponse({"error": "Rate limit exceeded"}, 429, headers={"retry-after": "1"})
