"""What a program that only starts does not have to load."""

import subprocess
from collections.abc import Callable

import pytest

HEAVY = [
    "asyncio",
    "ssl",
    "sqlite3",
    "http.client",
    "urllib.request",
    "httpx",
    "grpc",
    "google.protobuf",
]
OURS = [f"otel_helisession.{name}" for name in ("viewer", "store", "cli", "intake", "otlp")]
LOADED = "import sys; {}; print(*(name for name in {!r} if name in sys.modules))"


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        ("import otel_helisession", ["opentelemetry", *HEAVY, *OURS]),
        ("from otel_helisession import configure, session, step", [*HEAVY, *OURS]),
    ],
)
def test_an_import_loads_nothing_that_only_serving_or_sending_needs(
    run_python: Callable[..., subprocess.CompletedProcess[str]], code: str, unwanted: list[str]
) -> None:
    """No HTTP, no TLS, no database, no event loop, none of the viewer: named, not timed."""
    done = run_python(LOADED.format(code, unwanted))
    assert (done.stdout.split(), done.stderr) == ([], "")
