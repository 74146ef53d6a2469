"""HeliconeLog: the body of a log as Helicone's logging endpoints take it, checked.

The checks and the words of their refusals are those of Helicone's worker; see
https://docs.helicone.ai/getting-started/integration-method/custom.
"""

from __future__ import annotations

import json
import math
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Final, Literal

from otel_helisession import semconv

Flavour = Literal["worker", "jawn"]

_MAX_MILLIS: Final = 253_402_300_799_999
"""The end of the year 9999."""

_SECONDS_UNTIL: Final = 4_102_444_800
"""A number of digits below this counts seconds, else milliseconds; as Jawn reads it."""


class InvalidLog(ValueError):
    """The body is no log; the message is what Helicone answers."""


@dataclass(frozen=True, slots=True)
class HeliconeLog:
    """One request and its answer.

    Attributes:
        id: Its request id: the sender's if that is a UUID, else a new one.
        url: Where the request went, or any text.
        request: The request's JSON.
        response: The answer's JSON.
        text: The answer where it is no JSON; it counts instead of *response*.
        status: HTTP's, or Helicone's negative ones.
        provider: Whose request it was, in upper case; ``CUSTOM`` where nobody says.
        headers: Helicone's headers, of the log and of the HTTP request, by name in lower case:
            the name as it was written, and the value.
        start_ms: Start, in milliseconds since 1970.
        end_ms: End.
        first_token_ms: Milliseconds from start to the first piece of a stream; None if unknown.
    """

    id: str
    url: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    text: str
    status: int
    provider: str
    headers: Mapping[str, tuple[str, str]] = field(repr=False)
    start_ms: int
    end_ms: int
    first_token_ms: float | None

    def header(self, name: str) -> str:
        """Return the value of a header; empty where there is none."""
        return self.headers.get(name.lower(), ("", ""))[1]


def parse_log(
    body: bytes, flavour: Flavour, provider: str, http_headers: Mapping[str, str]
) -> HeliconeLog:
    """Return the log in *body*.

    Args:
        body: JSON.
        flavour: Whose rules hold: the worker's, or Jawn's, which asks for less.
        provider: What the route stands for; Jawn reads it from the body.
        http_headers: The headers it came with, which win over its own ``meta``.

    Raises:
        InvalidLog: It is none.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidLog(f"the body is no JSON: {error}") from None
    said = said if isinstance(said, dict) else {}
    asked, answered = said.get("providerRequest"), said.get("providerResponse")
    if not isinstance(asked, dict) or not isinstance(answered, dict):
        raise InvalidLog(
            "One of the required fields is missing, providerRequest, providerResponse, or timing"
        )
    _check(asked, answered, flavour)
    headers = _headers(asked.get("meta"), http_headers)
    start, end, first = _times(said.get("timing"))
    if flavour == "jawn" and isinstance(said.get("provider"), str):
        provider = said["provider"].upper()
    status = answered.get("status")
    text = answered.get("textBody")
    return HeliconeLog(
        id=_identifier(headers.get(semconv.REQUEST_ID_HEADER.lower(), ("", ""))[1]),
        url=asked["url"] if isinstance(asked.get("url"), str) else "",
        request=_object(asked.get("json")),
        response=_object(answered.get("json")),
        text=text if isinstance(text, str) else "",
        status=int(status) if _is_number(status) and abs(status) < 1e6 else 200,  # type: ignore[arg-type]
        provider=provider,
        headers=headers,
        start_ms=start,
        end_ms=end,
        first_token_ms=first,
    )


def _check(asked: Mapping[str, Any], answered: Mapping[str, Any], flavour: Flavour) -> None:
    if flavour == "jawn":
        return
    for passes, problem in (
        (isinstance(asked.get("url"), str), "providerRequest: 'url' should be a string"),
        ("json" in asked, "providerRequest: 'json' is undefined"),
        (isinstance(asked.get("meta"), dict), "providerRequest: 'meta' should be an object"),
        ("json" in answered, "providerResponse: 'json' is undefined"),
        (_is_number(answered.get("status")), "providerResponse: 'status' should be a number"),
        (
            isinstance(answered.get("headers"), dict),
            "providerResponse: 'headers' should be an object",
        ),
    ):
        if not passes:
            raise InvalidLog(f"Invalid {problem}")


def _headers(meta: Any, http_headers: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for said in (meta if isinstance(meta, dict) else {}, http_headers):
        for name, value in said.items():
            if name.lower().startswith("helicone-") and isinstance(value, (str, int, float)):
                shown = str(value).lower() if isinstance(value, bool) else str(value)
                found[name.lower()] = (name, shown)
    return found


def _identifier(said: str) -> str:
    try:
        return str(uuid.UUID(said))
    except ValueError:
        return str(uuid.uuid4())


def _times(said: Any) -> tuple[int, int, float | None]:
    """Return start, end and time to first token, in milliseconds."""
    now = int(time.time() * 1_000)
    timing = said if isinstance(said, dict) else {}
    start = _moment(timing.get("startTime"), "startTime")
    end = _moment(timing.get("endTime"), "endTime")
    start = now if start is None else start
    end = max(start, now) if end is None else end
    if start > end:
        raise InvalidLog("startTime cannot be greater than endTime")
    first: Any = timing.get("timeToFirstToken")
    known = _is_number(first) and 0 < first < _MAX_MILLIS
    return start, end, float(first) if known else None


def _moment(said: Any, name: str) -> int | None:
    if said is None:
        return None
    millis: float | None = None
    if isinstance(said, dict):
        seconds, rest = said.get("seconds"), said.get("milliseconds")
        for unit, value in (("seconds", seconds), ("milliseconds", rest)):
            if not _is_number(value):
                raise InvalidLog(f"Invalid timing: '{name}.{unit}' should be a number")
        millis = seconds * 1_000 + rest  # type: ignore[operator]
    elif isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 20:
        millis = float(said) * (1_000 if int(said) < _SECONDS_UNTIL else 1)
    elif isinstance(said, str):
        millis = _iso(said)
    if millis is None or not -math.inf < millis < math.inf:
        raise InvalidLog(f"Invalid timing: '{name}' should be a time")
    if millis < 0:
        raise InvalidLog("startTime and endTime cannot be negative")
    return int(min(millis, _MAX_MILLIS))


def _iso(said: str) -> float | None:
    try:
        found = datetime.fromisoformat(said[:40].replace("Z", "+00:00"))
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=timezone.utc)
    return found.timestamp() * 1_000


def _object(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
