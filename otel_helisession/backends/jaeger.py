"""Jaeger: its search by service and tags, and its traces by id in OTLP."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession import semconv
from otel_helisession.backends.address import Address
from otel_helisession.backends.asking import Refused, ask
from otel_helisession.backends.backend import (
    MOST_TRACES,
    Found,
    Wanted,
    Window,
    listed,
    newest_first,
)
from otel_helisession.backends.error import BackendError
from otel_helisession.backends.otlp_json import spans_in

_MOST_LISTED: Final = 300
"""Traces of a service that are looked through for sessions: Jaeger has no question for "has
this tag", and sends every trace whole."""

_RAW: Final = {"raw_traces": "true", "rawTraces": "true"}
"""As they were sent, without what Jaeger does about clocks that differ. The name has changed."""


class Jaeger:
    """A Jaeger, asked over HTTP at the port of its query service.

    Args:
        address: Where it is.
        service: The only service to look at; None for all.
    """

    def __init__(self, address: Address, service: str | None = None) -> None:
        self.address = address
        self.remarks: list[str] = []
        self._service = service
        self._services: list[str] | None = None

    def search(self, wanted: Wanted, window: Window) -> Found:
        """Return what has spans in *window*; see :class:`.Backend`."""
        if wanted.session_id is None:
            tags = {} if wanted.name is None else {semconv.SESSION_NAME: wanted.name}
            return self._search(tags, wanted, window)
        for key in (semconv.SESSION_ID, semconv.OTEL_SESSION_ID, semconv.CONVERSATION_ID):
            found = self._search({key: wanted.session_id}, wanted, window)
            if found.traces:
                break
        return found

    def spans(self, trace_id: str) -> Sequence[ReadableSpan]:
        """Return the spans of a trace."""
        try:
            said = ask(self.address, f"/api/v3/traces/{trace_id}", _RAW)
        except Refused as refused:
            if refused.status == 404 and "trace" in refused.said.lower():
                return ()
            raise
        return spans_in(said.get("result"), self.address)

    def forget(self) -> None:
        """Forget which services there are."""
        self._services = None

    def there(self) -> str:
        """Say which services Jaeger has spans of."""
        services = self.services()
        return f"it has spans of {listed(services)}" if services else "it has spans of no service"

    def services(self) -> list[str]:
        """Return the services to look at, sorted.

        Raises:
            BackendError: The one that was asked for is not there; the message says which are.
        """
        if self._services is None:
            data = self._data(ask(self.address, "/api/services"))
            known = sorted(str(name) for name in data if name != "jaeger")
            if self._service is not None and self._service not in known:
                there = listed(known) or "none at all"
                raise BackendError(
                    f"{self.address.title} has no service {self._service!r}; it has {there}"
                )
            self._services = known if self._service is None else [self._service]
        return self._services

    def _search(self, tags: Mapping[str, str], wanted: Wanted, window: Window) -> Found:
        limit = _MOST_LISTED if wanted.session_id is None else MOST_TRACES
        parameters: dict[str, str | int] = {
            "start": window.start * 1_000_000,
            "end": window.end * 1_000_000,
            "limit": limit,
        }
        if tags:
            parameters["tags"] = json.dumps(tags)
        heads: list[tuple[int, str, str, str]] = []
        is_cut = False
        for service in self.services():
            said = ask(self.address, "/api/traces", {"service": service, **parameters})
            traces = self._data(said)
            is_cut = is_cut or len(traces) >= limit
            try:
                heads += _heads(traces, wanted)
            except (AttributeError, TypeError, ValueError, KeyError):
                raise self._unknown() from None
        return newest_first(heads, is_cut)

    def _data(self, said: Mapping[str, Any]) -> list[Any]:
        data = said.get("data", ...)
        if data is None:
            return []
        if not isinstance(data, list):
            raise self._unknown()
        return data

    def _unknown(self) -> BackendError:
        return BackendError(
            f"{self.address.title} answers in a way that is not known; is it the port of Jaeger's "
            "query service, 16686 by default?"
        )


def _heads(traces: Sequence[Any], wanted: Wanted) -> Iterator[tuple[int, str, str, str]]:
    """Iterate over start, session id, name and trace id of the spans that are meant."""
    for trace in traces:
        trace_id = str(trace["traceID"]).rjust(32, "0")
        for span in trace["spans"]:
            says = {tag["key"]: str(tag["value"]) for tag in span.get("tags") or ()}
            found, name = says.get(semconv.SESSION_ID), says.get(semconv.SESSION_NAME, "")
            if wanted.session_id is not None:
                keys = (semconv.SESSION_ID, semconv.OTEL_SESSION_ID, semconv.CONVERSATION_ID)
                if wanted.session_id not in (says.get(key) for key in keys):
                    continue
                found = wanted.session_id
            if found and (wanted.name is None or wanted.name == name):
                yield int(span["startTime"]) * 1_000, found, name, trace_id
