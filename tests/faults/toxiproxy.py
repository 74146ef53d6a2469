"""Shopify's toxiproxy, where there is one: faults that somebody else has thought of.

``TOXIPROXY`` names its server; without that it is looked for on PATH as ``toxiproxy-server``. It
is built from the Go module proxy by
``go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0``.
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
from typing import Any

from tests.faults.program import soon


def server() -> str | None:
    """Return the program; None where there is none.

    Raises:
        FileNotFoundError: ``TOXIPROXY`` names something that is not there.
    """
    named = os.environ.get("TOXIPROXY")
    if named and shutil.which(named) is None:
        raise FileNotFoundError(f"TOXIPROXY is {named!r}, and no program is there")
    return named or shutil.which("toxiproxy-server")


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
