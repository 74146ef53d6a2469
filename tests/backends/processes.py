"""Programs as processes: started on free loopback ports, ready when they say so, ended by us."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

READY_SECONDS = 60.0


class Process:
    """``with Process(...) as process:`` runs a program until the block ends.

    Args:
        command: What to run.
        folder: Where it runs; its output is ``FOLDER/NAME.log``.
        name: What it is called in messages.
        ready: Asked until it is true.
        environment: Besides ours.
        patience: Seconds between asking it to end and ending it.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        name: str,
        ready: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
        patience: float = 10.0,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._command = list(command)
        self._folder = folder
        self._name = name
        self._ready = ready
        self._environment = {**os.environ, **(environment or {})}
        self._patience = patience
        self._running: subprocess.Popen[bytes] | None = None
        self.log = folder / f"{name}.log"

    def start(self) -> None:
        """Start it, and return when it is ready; again after it ended.

        Raises:
            RuntimeError: It ended, or is not ready after a minute; with the end of its log.
        """
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command, cwd=self._folder, env=self._environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready():
            if self._running.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self._name} did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._running is not None
        return self._running.pid

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    def stop(self) -> None:
        """Ask it to end, and see to it."""
        if self._running is not None:
            self._running.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._running.wait(self._patience)
        self.kill()

    def __enter__(self) -> Process:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Tell whether somebody listens on a port of 127.0.0.1."""
    with socket.socket() as client:
        client.settimeout(0.5)
        return client.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    """Tell whether a GET of *url* is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def until(found: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Ask until *found* is true; return whether it was, in time."""
    deadline = time.monotonic() + seconds
    while not found():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
