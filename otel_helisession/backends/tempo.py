"""Tempo: its search by TraceQL, and its traces by id."""

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

_LONGEST: Final = 7 * 86_400
"""Seconds that one search may span: Tempo's default (``query_frontend.search.max_duration``)
refuses more, and without a start and an end it looks at the newest minutes only."""

_SPANS_A_TRACE: Final = 20
"""Spans of a trace that a search shows: as many sessions can be told in one trace."""

_ID: Final = f"span.{semconv.SESSION_ID}"
_NAME: Final = f"span.{semconv.SESSION_NAME}"
_SELECTED: Final = f"| select({_ID}, {_NAME})"


class Tempo:
    """A Tempo, from 2.7 on, asked over HTTP.

    Args:
        address: Where it is.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self.remarks: list[str] = []

    def search(self, wanted: Wanted, window: Window) -> Found:
        """Return what has spans in *window*; see :class:`.Backend`."""
        found = self._search(query(wanted), wanted, window)
        if not found.traces and wanted.session_id is not None:
            found = self._search(_foreign(wanted.session_id), wanted, window)
        return found

    def spans(self, trace_id: str) -> Sequence[ReadableSpan]:
        """Return the spans of a trace."""
        try:
            said = ask(self.address, f"/api/v2/traces/{trace_id}")
        except Refused as refused:
            if refused.status == 404 and "trace not found" in refused.said.lower():
                return ()
            raise
        if said.get("status") == "PARTIAL":
            self.remarks.append(
                f"trace {trace_id} is not whole ({said.get('message') or 'Tempo says PARTIAL'})"
            )
        return spans_in(said.get("trace"), self.address)

    def forget(self) -> None:
        """Nothing is kept between questions."""

    def there(self) -> str:
        """Say which services Tempo has spans of."""
        said = ask(self.address, "/api/v2/search/tag/resource.service.name/values")
        values = said.get("tagValues")
        names = [str(one.get("value")) for one in values or () if isinstance(one, dict)]
        if not names:
            return "it has spans of no service"
        return f"it has spans of {listed(sorted(names))}"

    def _search(self, traceql: str, wanted: Wanted, window: Window) -> Found:
        heads: list[tuple[int, str, str, str]] = []
        traces: set[str] = set()
        for part in window.parts(_LONGEST):
            said = ask(
                self.address,
                "/api/search",
                {
                    "q": traceql,
                    "limit": MOST_TRACES,
                    "spss": _SPANS_A_TRACE,
                    "start": part.start,
                    "end": part.end,
                },
            )
            try:
                for head in _heads(said, wanted.session_id):
                    heads.append(head)
                    traces.add(head[3])
            except (AttributeError, TypeError, ValueError, KeyError):
                raise BackendError(
                    f"{self.address.title} answers a search in a way that is not known; is it a "
                    "Tempo of version 2.7 or later?"
                ) from None
            if len(traces) >= MOST_TRACES:
                break
        return newest_first(heads, len(traces) >= MOST_TRACES)


def query(wanted: Wanted) -> str:
    """Return the TraceQL that finds the traces that are *wanted*."""
    if wanted.session_id is not None:
        return f"{{ {_ID} = {quoted(wanted.session_id)} }} {_SELECTED}"
    if wanted.name is not None:
        return f"{{ {_ID} != nil && {_NAME} = {quoted(wanted.name)} }} {_SELECTED}"
    return f"{{ {_ID} != nil }} {_SELECTED}"


def quoted(text: str) -> str:
    """Return *text* as TraceQL quotes it."""
    return json.dumps(text, ensure_ascii=False)


def _foreign(session_id: str) -> str:
    """Return the TraceQL for a session of programs that do not use this package."""
    text = quoted(session_id)
    keys = (semconv.OTEL_SESSION_ID, semconv.CONVERSATION_ID)
    return "{ " + " || ".join(f"span.{key} = {text}" for key in keys) + " }"


def _heads(said: Mapping[str, Any], session_id: str | None) -> Iterator[tuple[int, str, str, str]]:
    """Iterate over start, session id, name and trace id of what a search matched."""
    for trace in said.get("traces") or ():
        trace_id = str(trace["traceID"]).rjust(32, "0")
        for spans in trace.get("spanSets") or [trace.get("spanSet") or {}]:
            for span in spans.get("spans") or ():
                says = {
                    one["key"]: one["value"].get("stringValue", "")
                    for one in span.get("attributes") or ()
                }
                found = session_id or says.get(semconv.SESSION_ID)
                if found:
                    start = int(span.get("startTimeUnixNano") or trace["startTimeUnixNano"])
                    yield start, found, says.get(semconv.SESSION_NAME, ""), trace_id
