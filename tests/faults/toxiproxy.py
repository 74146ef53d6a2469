"""Shopify's toxiproxy, where there is one: faults that somebody else has thought of.

``TOXIPROXY`` names its server; without that it is looked for in the cache, where
``python -m tests.faults`` builds it from the Go module proxy, and on PATH as ``toxiproxy-server``.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.faults.program import soon

VERSION: Final = "2.12.0"
_MODULE: Final = f"github.com/Shopify/toxiproxy/v2/cmd/server@v{VERSION}"


def server() -> str | None:
    """Return the program; None where there is none.

    Raises:
        FileNotFoundError: ``TOXIPROXY`` names something that is not there.
    """
    named = os.environ.get("TOXIPROXY")
    if named and shutil.which(named) is None:
        raise FileNotFoundError(f"TOXIPROXY is {named!r}, and no program is there")
    built = _folder() / "server"
    return named or (str(built) if built.is_file() else shutil.which("toxiproxy-server"))


def build() -> str:
    """Return the program, built into the cache if there is none yet.

    Raises:
        RuntimeError: It cannot be built, in words for people.
    """
    found = server()
    if found is not None:
        return found
    if shutil.which("go") is None:
        raise RuntimeError("toxiproxy is built with go, which is not installed")
    done = subprocess.run(
        ["go", "install", _MODULE],
        env={**os.environ, "GOBIN": str(_folder()), "GOFLAGS": "-mod=mod"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(f"go install {_MODULE} failed: {done.stderr.strip()[-500:]}")
    return str(_folder() / "server")


def _folder() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "otel-helisession" / "faults" / f"toxiproxy-{VERSION}"


class Toxiproxy:
    """A running one, with a proxy before one port.

    Attributes:
        port: Where it listens on 127.0.0.1.
    """

    def __init__(self, api: str, target: int) -> None:
        self._api = api
        made = self._ask("POST", "/proxies", name="p", listen="127.0.0.1:0", **_upstream(target))
        self.port = int(made["listen"].rpartition(":")[2])

    def poison(self, kind: str, stream: str, **attributes: int) -> None:
        """Add a toxic to ``upstream``, what the client says, or to ``downstream``."""
        self._ask("POST", "/proxies/p/toxics", type=kind, stream=stream, attributes=attributes)

    def cure(self) -> None:
        """Remove all toxics."""
        self._ask("POST", "/reset")

    def _ask(self, method: str, path: str, **body: Any) -> Any:
        request = urllib.request.Request(
            self._api + path, json.dumps(body).encode(), {"User-Agent": "tests"}, method=method
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read() or b"null")


def _upstream(port: int) -> dict[str, Any]:
    return {"upstream": f"127.0.0.1:{port}", "enabled": True}


@contextmanager
def running(program: str, target: int) -> Iterator[Toxiproxy]:
    """Start *program*, on a port of its own, before *target*."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [program, "-host", "127.0.0.1", "-port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert soon(lambda: _answers(port), seconds=10), "toxiproxy does not answer"
        yield Toxiproxy(f"http://127.0.0.1:{port}", target)
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
