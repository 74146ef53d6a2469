"""A viewer as a person starts it: the command, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = (sys.executable, "-c", "from otel_helisession.cli import main; main()")
"""The command ``helisession``, also where it is not on the path."""

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def running(store: Path, *options: str) -> Iterator[str]:
    """Run ``helisession view`` on *store*, and yield the page's address."""
    command = [*COMMAND, "view", "--store", str(store)]
    off = ["--no-open", "--port", "0", "--otlp-http-port", "off", "--otlp-grpc-port", "off"]
    with subprocess.Popen(
        [*command, *off, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield _address(process)
        finally:
            process.terminate()
            process.wait(20)


def _address(process: subprocess.Popen[str]) -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        found = _ADDRESS.search(line)
        if found is not None:
            return found.group()
    raise AssertionError(f"the viewer did not start: {said}")
