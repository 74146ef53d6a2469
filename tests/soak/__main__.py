"""The command line: see the package's docstring."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import HeliconeSpanExporter, LocalSpanExporter, SessionSpanProcessor
from otel_helisession.sessions import live
from tests.helicone.endpoint import KEY
from tests.soak.footprint import Footprint, typical
from tests.soak.load import SPANS_A_SESSION, Load
from tests.soak.servers import MOODS, servers

GROWTH = 1.10
"""What memory and objects may be at the end, beside what they were after the warm-up. What a
load of random times does to both by itself is some percent."""

BAD_SECONDS, GOOD_SECONDS = 4.0, 8.0
"""How long the servers fail, and how long they are well: enough to get over it."""


@dataclass(frozen=True)
class Limit:
    """A row of the table: what was measured, and what it may be."""

    what: str
    measured: float | str
    limit: float | str
    held: bool


def at_most(what: str, measured: float, most: float) -> Limit:
    return Limit(what, measured, f"at most {most:,.0f}", measured <= most)


def equal(what: str, measured: object, expected: object) -> Limit:
    return Limit(what, str(measured), str(expected), measured == expected)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--sessions", type=int, default=10_000, help="open at one time")
    arguments = parser.parse_args()
    for name in [name for name in os.environ if name.startswith(("OTEL_", "HELI"))]:
        del os.environ[name]
    os.environ["HELISESSION_PRICES"] = "false"
    # The exporter's own lines are one a failure, and there are many.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HELISESSION_STORE"] = str(Path(folder) / "sessions.db")
        with servers() as (pipe, otlp, helicone):
            soak = Soak(pipe, otlp, helicone, arguments.sessions, arguments.minutes * 60)
            limits = soak.run()
    for limit in limits:
        measured = f"{limit.measured:,.0f}" if isinstance(limit.measured, float) else limit.measured
        mark = "ok    " if limit.held else "FAILED"
        print(f"{mark}  {limit.what:<44} {measured:>32}   {limit.limit}")
    return 0 if all(limit.held for limit in limits) else 1


class Soak:
    """One run: the pipeline, the load, the bad times and the measuring."""

    def __init__(
        self, pipe: Connection, otlp: int, helicone: int, sessions: int, seconds: float
    ) -> None:
        self._pipe = pipe
        self._seconds = seconds
        self._sessions = sessions
        self._before = Footprint.now()
        self.store = LocalSpanExporter()
        self.processor = SessionSpanProcessor(
            OTLPSpanExporter(f"http://127.0.0.1:{otlp}/v1/traces", timeout=1),
            HeliconeSpanExporter(
                KEY, f"http://127.0.0.1:{helicone}/custom/v1/log", timeout_seconds=1
            ),
            self.store,
        )
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(self.processor)
        # As many sessions a second as make 300 spans.
        self._load = Load(provider, sessions, sessions * SPANS_A_SESSION / 300)
        self._footprints: list[Footprint] = []
        self._most_open = 0

    def run(self) -> list[Limit]:
        """Run it, and return what came of it."""
        began = time.monotonic()
        asyncio.run(self._soak())
        flushed = self.processor.force_flush(30_000)
        left = Footprint.now(), live.count()
        began_ending = time.monotonic()
        complete = self.processor.shutdown(5_000)
        ending = (time.monotonic() - began_ending) * 1_000
        spans, calls = self._load.spans, self._load.calls
        print(
            f"{time.monotonic() - began:.0f} s, {self._load.ended:,} sessions, {spans[0]:,} spans, "
            f"{len(self._footprints)} times bad and good"
        )
        self._pipe.send("sums")
        otlp, helicone = self._pipe.recv()
        print(f"OTLP got {otlp[2]:,} spans twice, Helicone {helicone[2]:,} logs")
        return [
            *self._growth(),
            equal("sessions open at one time", self._most_open, self._sessions),
            equal("spans of sessions open in the end", left[1], 0),
            equal("the last flush", flushed, True),
            equal("shutdown", complete, True),
            at_most("milliseconds of shutdown", ending, 5_500),
            equal("spans at OTLP: number, sum of ids", otlp[:2], spans),
            equal("logs at Helicone: number, sum of names", helicone[:2], calls),
            equal("spans in the store", self._stored(), spans[0]),
            *self._afterwards(Footprint.now()),
        ]

    async def _soak(self) -> None:
        load = asyncio.create_task(self._load.run())
        until = time.monotonic() + self._seconds
        turn = 0
        while time.monotonic() < until:
            self._pipe.send(MOODS[turn % len(MOODS)])
            await asyncio.sleep(BAD_SECONDS)
            self._pipe.send("")
            await asyncio.sleep(GOOD_SECONDS)
            self._footprints.append(Footprint.now())
            self._most_open = max(self._most_open, live.count())
            turn += 1
        self._load.close()
        await load

    def _growth(self) -> list[Limit]:
        """Compare the second quarter of the run with the last one. Of the descriptors up to 32
        are Helicone's connections, as many as there is work for."""
        quarter = max(1, len(self._footprints) // 4)
        warm = typical(self._footprints[quarter : 2 * quarter] or self._footprints)
        last = typical(self._footprints[-quarter:])
        return [
            at_most("MB of memory", last.memory / 1e6, warm.memory / 1e6 * GROWTH),
            at_most("objects", float(last.objects), warm.objects * GROWTH),
            at_most("threads", float(last.threads), warm.threads),
            at_most("descriptors", float(last.descriptors), warm.descriptors + 32),
        ]

    def _afterwards(self, after: Footprint) -> list[Limit]:
        return [
            equal("threads left behind", after.threads - self._before.threads, 0),
            at_most(
                "descriptors left behind", float(after.descriptors - self._before.descriptors), 0
            ),
        ]

    def _stored(self) -> int:
        with closing(sqlite3.connect(str(self.store.path))) as database:
            (count,) = database.execute("select count(*) from spans").fetchone()
            return int(count)


if __name__ == "__main__":
    sys.exit(main())
