"""How long the viewer takes to answer, with 10,000 sessions, 1,000,000 spans and one of 20,000.

    python benchmarks/viewer.py                # fills a store of 2 GB first: some minutes
    python benchmarks/viewer.py --quick        # a tenth of it
    python benchmarks/viewer.py --store FILE   # keeps the store there, and uses it again

Fills a store in SQL, lets the search index catch up (and says how fast that was), starts the
viewer in a process of its own, and asks each question of its API that a click makes, in turn,
over one connection. Rows are milliseconds until the last byte, 50th and 95th percentile.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from otel_helisession.store import connection as connections
from otel_helisession.store import indexing, tally
from otel_helisession.store.row import COLUMNS
from otel_helisession.store.search import SearchIndex

EPOCH = 1_767_225_600_000_000_000
BUDGET_MS = 100
LONG = "a-session-of-20000-spans"
NAMES = ("Trip planner", "PR review", "Support chat", "Code assistant", "", "Nightly report")
PATHS = ("/task", "/task/research", "/task/research/web_search", "/task/plan", "/task/answer")
KINDS = ("structure", "llm", "tool", "vector_db", "llm")
WORDS = [
    "".join(random.Random(n).choices("abcdefghijklmnoprstuvwy", k=3 + n % 7)) for n in range(20_000)
]
BODIES = 2_000
PUT_SPAN = (
    f"INSERT INTO spans ({', '.join(COLUMNS)}, origin, stored_unix_nano)"
    f" VALUES ({', '.join('?' * (len(COLUMNS) + 2))})"
)


def bodies(dice: random.Random) -> list[bytes]:
    """Return packed bodies of spans that say some 3.5 kB each."""
    made = []
    for _ in range(BODIES):
        text = " ".join(dice.choices(WORDS, k=450))
        messages = {"input": [{"role": "user", "parts": [{"type": "text", "content": text}]}]}
        attributes = {f"app.attribute_{n}": dice.choice(WORDS) for n in range(19)}
        attributes["gen_ai.input.messages"] = json.dumps(messages["input"])
        body = {"operation": {"conversation": messages}, "span": {"attributes": attributes}}
        made.append(zlib.compress(json.dumps(body).encode(), 1))
    return made


def spans(session: str, number: int, dice: random.Random, start: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one session's spans, a trace of ten at a time."""
    at, trace, root = start, "", ""
    for place in range(number):
        if place % 10 == 0:
            trace, root = f"{dice.getrandbits(128):032x}", ""
        span, kind = f"{dice.getrandbits(64):016x}", KINDS[place % 5] if root else "structure"
        path = PATHS[place % 5]
        end = at + dice.randrange(1_000_000, 900_000_000)
        llm, failed = kind == "llm", dice.random() < 0.01
        yield (
            *(trace, span, root or None, session, "", path, f"{kind} {path}", kind, "genai"),
            *("chat" if llm else "", "search" if kind == "tool" else None, at, end),
            *("error" if failed else "unset", "500" if failed else None, None),
            *("gpt-5-mini" if llm else None, "openai" if llm else None, None),
            *((dice.randrange(2_000), dice.randrange(400)) if llm else (None, None)),
            *(None, None, None, 0.0004 if llm else None, None, f"user-{dice.randrange(50)}"),
            *(1, start),
        )
        root = root or span
        at += dice.randrange(1_000_000, 300_000_000)


def fill(path: Path, sessions: int, spans_each: int) -> None:
    """Make a store of so many sessions, and one long one."""
    dice = random.Random(1)
    packed = bodies(dice)
    with closing(connections.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            'INSERT OR IGNORE INTO origins VALUES (1, \'{"resource": {}, "scope": null}\')'
        )
        sizes = [
            (f"session-{n:05d}-{dice.getrandbits(32):08x}", spans_each) for n in range(sessions)
        ]
        for place, (session, size) in enumerate([*sizes, (LONG, 20_000)]):
            start = EPOCH + place * 60_000_000_000
            rows = list(spans(session, size, dice, start))
            connection.execute("BEGIN")
            for row in rows:
                put = connection.execute(PUT_SPAN, row)
                connection.execute(
                    "INSERT INTO details VALUES (?, ?)", (put.lastrowid, dice.choice(packed))
                )
            connection.execute(
                "INSERT INTO sessions (session_id, name, user_id, properties, start_unix_nano,"
                " end_unix_nano, stored_unix_nano) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(session, NAMES[place % len(NAMES)], f"user-{place % 50}", '{"tier":"pro"}'),
                    *(start, max(row[12] for row in rows), start),
                ),
            )
            tally.recount(connection, [session])
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def index(path: Path) -> None:
    """Let the search index catch up, and say how fast it is."""
    search = SearchIndex(path)
    with closing(connections.connect(path)) as connection:
        before, begun = search.mark(), time.perf_counter()
        while indexing.step(connection, search):
            pass
        read, seconds = search.mark() - before, time.perf_counter() - begun
        size = sum(file.stat().st_size for file in path.parent.glob(search.path.name + "*"))
    search.close()
    if read:
        print(f"index: {read:,} spans in {seconds:.1f} s = {read / seconds:,.0f} a second, "
              f"{size / 1e6:,.0f} MB")  # fmt: skip


def questions(base: str) -> dict[str, str]:
    """Return what is asked by what it is called."""
    first = json.loads(fetch(f"{base}/api/sessions?limit=1&q=session-00"))["sessions"][0]["id"]
    one = f"/api/sessions/{urllib.parse.quote(first)}"
    row = json.loads(fetch(base + one))["spans"][1]
    sorts = ("started", "duration", "cost", "tokens", "errors", "p95", "name", "user")
    return {
        **{f"list by {sort}": f"/api/sessions?sort={sort}" for sort in sorts},
        "list, page 100": "/api/sessions?offset=5000",
        "list of one name": "/api/sessions?name=Trip+planner",
        "list, errors and cost": "/api/sessions?errors=1&min_cost=0.001&kind=tool",
        "list of one model": "/api/sessions?model=gpt-5-mini",
        "search an id": "/api/sessions?q=session-00042",
        "search a rare word": f"/api/sessions?q={WORDS[17]}",
        "search two words": f"/api/sessions?q={WORDS[17]}+{WORDS[4242]}",
        "search a path": "/api/sessions?q=web_search",
        "search a beginning": f"/api/sessions?q={WORDS[17][:3]}",
        "names": "/api/names",
        "one session": one,
        "one span": f"{one}/spans/{row[0]}/{row[1]}",
        "export otlp": f"{one}/export?format=otlp",
        "20,000 spans": f"/api/sessions/{LONG}",
    }


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return bytes(answer.read())


def measure(base: str, times: int) -> Sequence[tuple[str, float, float, int]]:
    """Return name, 50th and 95th percentile in milliseconds, and bytes of each question."""
    rows = []
    for name, path in questions(base).items():
        spent, size = [], 0
        for _ in range(times):
            begun = time.perf_counter()
            size = len(fetch(base + path))
            spent.append((time.perf_counter() - begun) * 1e3)
        spent.sort()
        rows.append((name, spent[len(spent) // 2], spent[int(len(spent) * 0.95)], size))
    return rows


def serve(path: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the viewer on a free port, and return it and where it is."""
    ports = ["--port", "0", "--otlp-http-port", "off", "--otlp-grpc-port", "off"]
    code = "import sys; from otel_helisession.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "view", "--no-open", "--store", str(path), *ports],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://\S+?:\d+", line)
        if found:
            return process, found.group()
    raise SystemExit("the viewer did not start")


def resident_mb(pid: int) -> float | None:
    """Return the memory of a process; None where /proc does not tell."""
    try:
        said = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    found = re.search(r"VmRSS:\s+(\d+)", said)
    return None if found is None else int(found[1]) / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the sessions")
    parser.add_argument("--store", type=Path, help="where to keep the store")
    parser.add_argument("--times", type=int, default=20, help="how often each is asked")
    given = parser.parse_args()
    sessions = 1_000 if given.quick else 10_000
    with tempfile.TemporaryDirectory() as directory:
        path = given.store or Path(directory, "sessions.db")
        if not path.exists():
            begun = time.perf_counter()
            fill(path, sessions, 98)
            print(
                f"filled: {time.perf_counter() - begun:.0f} s, {path.stat().st_size / 1e6:,.0f} MB"
            )
        index(path)
        process, base = serve(path)
        try:
            time.sleep(2)
            print(f"{'question':24} {'p50 ms':>8} {'p95 ms':>8} {'kB':>8}")
            for name, middle, late, size in measure(base, given.times):
                mark = "" if late <= BUDGET_MS else "  over"
                print(f"{name:24} {middle:8.1f} {late:8.1f} {size / 1e3:8.1f}{mark}")
            memory = resident_mb(process.pid)
            print(f"memory: {memory:.0f} MB" if memory else "memory: unknown")
        finally:
            process.terminate()
            process.wait(10)


if __name__ == "__main__":
    main()
