"""The spans in what a backend answers: OTLP's JSON, whose ids are in hexadecimal or in base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.backends.address import Address
from otel_helisession.backends.error import BackendError
from otel_helisession.extras import installing

_HEXADECIMAL: Final = re.compile(r"(?:[0-9a-fA-F]{16}){1,2}")
_IDS: Final = ("traceId", "spanId", "parentSpanId")


def spans_in(said: Any, address: Address) -> Sequence[ReadableSpan]:
    """Return the spans of *said*, an object with ``resourceSpans``; none of an empty one.

    Raises:
        BackendError: It is no such object, or opentelemetry-proto is not installed.
    """
    try:
        from otel_helisession.otlp.decoding import spans_of
        from otel_helisession.otlp.json import request_from_object
    except ModuleNotFoundError as error:
        raise BackendError(
            f"reading spans of {address.kind} needs {error.name}, which is not installed; install "
            f"it with: {installing('otlp')}"
        ) from None
    if not said:
        return ()
    try:
        for item in _identified(said):
            _mend(item)
        return list(spans_of(request_from_object(said), lambda problem: None))
    except (ValueError, TypeError, AttributeError) as error:
        raise BackendError(f"{address.title} answers spans that cannot be read ({error})") from None


def _identified(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Iterate over everything that has ids: spans and their links."""
    for resource in said.get("resourceSpans") or ():
        for scope in resource.get("scopeSpans") or ():
            for span in scope.get("spans") or ():
                yield span
                yield from span.get("links") or ()


def _mend(item: dict[str, Any]) -> None:
    """Put ids into hexadecimal. Protobuf's own JSON, which Tempo speaks, has them in base64."""
    for key in _IDS:
        value = item.get(key)
        if isinstance(value, str) and value and not _HEXADECIMAL.fullmatch(value):
            with suppress(binascii.Error):  # what reads it says what is wrong
                item[key] = base64.b64decode(value, validate=True).hex()
