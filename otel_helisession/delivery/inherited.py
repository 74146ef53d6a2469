"""The connections that a forked child has from its parent, and must not use: both would write to
one stream, and either could read the other's answers."""

from __future__ import annotations

import copy
import sys
from collections.abc import Iterator
from typing import Any, Final

from opentelemetry.sdk.trace.export import SpanExporter

from otel_helisession.guard import caught

_DEPTH: Final = 6
"""How far in a session may be: ours around theirs, and their client around the session."""

_LOOKED_INTO: Final = ("opentelemetry.", "otel_helisession.")
"""Of objects from elsewhere only exporters are looked into."""

_parents: list[object] = []
"""Kept for ever: to delete them could wait for a lock that a thread of the parent holds."""


def renew_connections(exporter: SpanExporter) -> None:
    """Have *exporter* make connections of its own in a forked child. Never raises.

    That is for exporters which keep a ``requests.Session``, as OTLP's over HTTP do; those within
    other exporters, too. Ours renew their own, and so does gRPC.
    """
    try:
        for session in sessions_of(exporter):
            for prefix, adapter in list(session.adapters.items()):
                _parents.append(adapter)
                session.mount(prefix, copy.copy(adapter))  # which has no connections
    except Exception as error:
        caught("renewing an exporter's connections after a fork", error)


def sessions_of(exporter: SpanExporter) -> list[Any]:
    """Return each ``requests.Session`` by which *exporter* sends; none where there is none."""
    requests: Any = sys.modules.get("requests")
    if requests is None:
        return []
    return list({id(one): one for one in _within(exporter, requests.Session, _DEPTH)}.values())


def _within(owner: object, kind: type, depth: int) -> Iterator[Any]:
    """Iterate over the attributes of that *kind*, and of what the attributes hold."""
    for value in list(getattr(owner, "__dict__", {}).values()):
        if isinstance(value, kind):
            yield value
        elif depth and (
            isinstance(value, SpanExporter) or type(value).__module__.startswith(_LOOKED_INTO)
        ):
            yield from _within(value, kind, depth - 1)
