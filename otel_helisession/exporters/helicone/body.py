"""The body of a log (``AsyncLogModel``), as bytes that Helicone accepts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from otel_helisession.conventions.attributes.json_text import json_text
from otel_helisession.conventions.attributes.shortening import STEPS, shortened, summary
from otel_helisession.exporters.helicone.endpoint import Flavour, Provider
from otel_helisession.exporters.helicone.exchanges.exchange import Exchange

MAX_BODY_BYTES: Final = 10 * 1024 * 1024 - 64 * 1024
"""Longest body. Both servers refuse more than 10 MiB: the worker counts what JavaScript makes
of the JSON, in which some numbers are longer, hence the margin."""

_UNBOUNDED: Final = 1 << 40
"""Characters; the bound on the whole body comes after."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What surrounds an exchange.

    Attributes:
        flavour: Whose body it is.
        provider: Whose request it was.
        meta: Helicone's headers.
        status: How it ended.
        timing: When.
    """

    flavour: Flavour
    provider: Provider
    meta: dict[str, str]
    status: int
    timing: dict[str, Any]


def encode_body(exchange: Exchange, envelope: Envelope) -> bytes:
    """Return the body of one log: valid JSON, of at most MAX_BODY_BYTES bytes.

    What JSON has no word for is written as near as possible. Where content has to be cut, a
    note stands at that place and says how much.
    """
    request, response = exchange.request, exchange.response
    try:
        body = _assembled(exchange.url, request, response, envelope)
    except (TypeError, ValueError, RecursionError):
        request, response = _plain(request), _plain(response)
        body = _assembled(exchange.url, request, response, envelope)
    if len(body) <= MAX_BODY_BYTES:
        return body
    for step in STEPS:
        request, response = shortened(request, step), shortened(response, step)
        body = _assembled(exchange.url, request, response, envelope)
        if len(body) <= MAX_BODY_BYTES:
            return body
    return _assembled(exchange.url, summary(request), summary(response), envelope)


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """Return *value* as JSON knows it: NaN as null, objects of any kind as text."""
    plain = json.loads(json_text(value, max_value_chars=_UNBOUNDED))
    return plain if isinstance(plain, dict) else summary(value)


def _assembled(
    url: str, request: dict[str, Any], response: dict[str, Any], envelope: Envelope
) -> bytes:
    """Return the whole body. The request is encoded once, also where it is sent twice."""
    asked = _json(request)
    start = _json({"provider": envelope.provider})[:-1] if envelope.flavour == "jawn" else "{"
    if envelope.flavour == "worker" and request:
        # The worker stores the whole body as the request: so the request is there, too.
        start = asked[:-1]
    comma = "" if start == "{" else ","
    text = (
        f'{start}{comma}"providerRequest":{{"url":{_json(url)},"json":{asked},'
        f'"meta":{_json(envelope.meta)}}},'
        f'"providerResponse":{{"json":{_json(response)},"status":{envelope.status},'
        f'"headers":{{}}}},"timing":{_json(envelope.timing)}}}'
    )
    return text.encode("utf-8", "replace")


_json: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False
).encode
