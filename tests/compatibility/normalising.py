"""What differs from run to run, made the same: ids, times, ports, addresses and places on disk."""

from __future__ import annotations

import re
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from tests.compatibility import environments

EPOCH = 1_767_225_600_000_000_000
"""2026-01-01T00:00:00Z; each scene begins a second after the one before it."""

TICK = 1_000_000
"""Between one time of a scene and the next, in nanoseconds, whatever it took."""

PORT = 8080

_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_HEX = re.compile(r"\b[0-9a-f]{16}(?:[0-9a-f]{16})?\b")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
_MOMENT = re.compile(r"\b(20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]00:?00)?")
_DURATION = re.compile(
    r"time_to_first|time_per_|_ms\b|duration|latency|elapsed|ms_?to_?f|tokens_?per_?second|wait_time",
    re.I,
)
_SAID_DURATION = re.compile(
    r"""(["']\w*(?:_ms|Ms|duration|latency|elapsed|_time)["']: ?)\d+(?:\.\d+)?(?:e-\d+)?"""
)
_SITE = re.compile(r"[^\s\"'(]*/(?:site|dist)-packages/")
_STANDARD = re.compile(r"[^\s\"'(]*/lib/python3\.\d+/")
_THREAD = {"thread.id": 1, "thread.name": "MainThread", "process.pid": 1}
_STACK = frozenset({"exception.stacktrace", "stacktrace", "error.stack", "error.stack_trace"})


class Normalising:
    """Makes the spans of one row the same in every run.

    Args:
        port: The scripted server's.
        volatile: What else differs: regular expression to replacement.
    """

    def __init__(self, port: int, volatile: Mapping[str, str]) -> None:
        self._port = re.compile(rf"\b{port}\b")
        self._port_number = port
        self._volatile = [(re.compile(pattern), new) for pattern, new in volatile.items()]
        self._ids: dict[str, str] = {}
        self._uuids: dict[str, str] = {}
        self._scene = -1
        self._times: list[int] = []
        self._environment = re.compile(rf"{re.escape(str(environments.root()))}/[^/]+/")
        places = [Path(__file__).parents[2], Path(sys.prefix), Path.cwd(), Path.home()]
        self._places = [str(place) for place in places] + [tempfile.gettempdir()]

    def scene(self, spans: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the dumped spans of one scene, in the order of their starts."""
        self._scene += 1
        ordered = sorted(spans, key=lambda span: (span["start"], -span["end"]))
        moments = {span[name] for span in spans for name in ("start", "end")}
        moments |= {event["time"] for span in spans for event in span.get("events", ())}
        self._times = sorted(moments)
        for span in ordered:
            self._ids.setdefault(span["trace_id"], f"{0x7ACE << 112 | len(self._ids) + 1:032x}")
            self._ids.setdefault(span["span_id"], f"{len(self._ids) + 1:016x}")
        return [self._mapping(span) for span in ordered]

    def _mapping(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(name, one) for name, one in value.items()}

    def _value(self, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            if name == "scope" and value.get("name") == "otel_helisession":
                value = {**value, "version": "0"}  # not a new recording for each release
            return self._mapping(value)
        if isinstance(value, list):
            return [self._value(name, one) for one in value]
        if name in _THREAD:
            return _THREAD[name]
        if isinstance(value, str):
            return self._stack(value) if name in _STACK else self.text(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self._number(name, value)
        return value

    def _number(self, name: str, value: float) -> float:
        if value == self._port_number or name == "server.port":
            return PORT
        if name == "duration":  # Logfire's, in seconds
            return 0.0005
        if _DURATION.search(name):
            return 0.0005 if value < 1 else 1 if isinstance(value, int) else 1.0
        for unit in (1, 1_000, 1_000_000, 1_000_000_000):  # ns, µs, ms, s
            if self._is_now(value * unit):
                at = self._moment(int(value * unit))
                return at // unit if isinstance(value, int) else at / unit
        return value

    def _is_now(self, nanoseconds: float) -> bool:
        return bool(self._times) and abs(nanoseconds - self._times[0]) < 600e9

    def _moment(self, nanoseconds: int) -> int:
        """Return the place of a time among those of the scene."""
        rank = bisect_left(self._times, nanoseconds)
        return EPOCH + self._scene * 1_000 * TICK + rank * TICK

    def text(self, value: str) -> str:
        """Return a text without what differs from run to run."""
        value = _SITE.sub("", value)
        value = _STANDARD.sub("", value)
        value = self._environment.sub("", value)
        for place in self._places:
            value = value.replace(place, "")
        value = self._port.sub(str(PORT), value)
        value = _UUID.sub(self._uuid, value)
        value = _HEX.sub(lambda found: self._ids.get(found[0], found[0]), value)
        value = _ADDRESS.sub("0x0", value)
        value = _MOMENT.sub(self._date, value)
        value = _SAID_DURATION.sub(r"\g<1>25", value)
        for pattern, new in self._volatile:
            value = pattern.sub(new, value)
        return value

    def _uuid(self, found: re.Match[str]) -> str:
        number = len(self._uuids) + 1
        return self._uuids.setdefault(found[0], f"00000000-0000-4000-8000-{number:012x}")

    def _date(self, found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found[1].ljust(26, "0")[:26] if "." in found[1] else found[1])
        nanoseconds = int(at.replace(tzinfo=timezone.utc).timestamp() * 1e6) * 1_000
        if not self._is_now(nanoseconds):
            return found[0]
        moved = datetime.fromtimestamp(self._moment(nanoseconds) / 1e9, timezone.utc)
        text = moved.strftime("%Y-%m-%dT%H:%M:%S.%f").replace("T", found[1][10])
        return text + (found[2] or "")

    def _stack(self, value: str) -> str:
        """Return the first and the last line of a traceback: what is between is Python's."""
        lines = self.text(value).strip().splitlines()
        return "\n".join([lines[0], *lines[-1:]]) if lines else ""
