"""Which library tells of each call to a model: what totals ask where a call is told twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Final

from otel_helisession.conventions.totals.candidate import Key

_CALLS: Final = "SELECT trace_id, span_id, origin FROM spans WHERE session_id = ? AND kind = 'llm'"
_ORIGIN: Final = "SELECT body FROM origins WHERE origin = ?"


def tellers(connection: sqlite3.Connection, session_id: str) -> Mapping[Key, str]:
    """Return the name of the scope of each call to a model in a session, where it has one.

    About 1 µs a call.
    """
    calls = connection.execute(_CALLS, (session_id,)).fetchall()
    names = {origin: _name(connection, origin) for origin in {origin for _, _, origin in calls}}
    return {
        (trace_id, span_id): name
        for trace_id, span_id, origin in calls
        if (name := names[origin]) is not None
    }


def _name(connection: sqlite3.Connection, origin: int) -> str | None:
    found = connection.execute(_ORIGIN, (origin,)).fetchone()
    scope = None if found is None else json.loads(found[0])["scope"]
    return None if scope is None else scope["name"] or None
