"""The program that `helisession run` runs: found, instrumented, waited for."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

from otel_helisession import environment
from otel_helisession.cli.problem import Unusable
from otel_helisession.extras import installing

_PACKAGE = "otel_helisession"
_AUTO_INSTRUMENTATION = "opentelemetry.instrumentation.auto_instrumentation"


def find(command: Sequence[str]) -> list[str]:
    """Return *command* with the path of its program.

    Programs beside this interpreter come first, so that ``.venv/bin/helisession run -- python``
    runs that environment's Python, where the instrumentations are, also when the environment
    is not activated.

    Raises:
        Unusable: There is no such program.
    """
    name, *arguments = command
    beside = os.path.dirname(sys.executable)
    found = shutil.which(name, path=beside) or shutil.which(name)
    if found is not None:
        return [found, *arguments]
    if name.endswith(".py") and Path(name).is_file():
        raise Unusable(f"{name} is no program by itself; try: helisession run -- python {name}")
    raise Unusable(f"there is no program {name!r} to run; give a command, as in: python app.py")


def instrument() -> None:
    """Have every Python that this process starts begin with the auto-instrumentation.

    This is what ``opentelemetry-instrument`` does, and OpenTelemetry's operator: the package
    has a ``sitecustomize`` in a directory of its own, which goes to the front of
    ``PYTHONPATH``. The present directory follows, for programs that are scripts elsewhere.

    Raises:
        Unusable: The package is not installed.
    """
    try:
        spec = find_spec(_AUTO_INSTRUMENTATION)
    except ModuleNotFoundError:
        spec = None
    places = [] if spec is None else list(spec.submodule_search_locations or ())
    if not any(Path(place, "sitecustomize.py").is_file() for place in places):
        raise Unusable(
            "'helisession run' needs opentelemetry-instrumentation, which is not installed here; "
            f"install it with: {installing('run')}"
        )
    environment.put_first("PYTHONPATH", *places, os.getcwd())


def is_strange_python(executable: str) -> bool:
    """Tell whether *executable* is another Python than this one, and has not this package."""
    if not re.fullmatch(r"python[\d.]*", os.path.basename(executable)):
        return False
    if os.path.samefile(os.path.dirname(executable) or ".", os.path.dirname(sys.executable)):
        return False
    source = f"import importlib.util as u, sys; sys.exit(u.find_spec({_PACKAGE!r}) is None)"
    try:
        done = subprocess.run([executable, "-c", source], capture_output=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 1


def run(command: Sequence[str]) -> int:
    """Run *command* to its end, and return its exit code; 128 + N when signal N ended it.

    SIGTERM is passed on. Ctrl-C reaches the program by itself, from the terminal; it decides.

    Raises:
        Unusable: It cannot be started.
    """
    started: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        for child in started:
            child.send_signal(number)

    before = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, pass_on),
        signal.SIGINT: signal.signal(signal.SIGINT, lambda number, frame: None),
    }
    try:
        started.append(subprocess.Popen(command))
        code = started[0].wait()
    except OSError as error:
        raise Unusable(f"{command[0]} cannot be run: {error.strerror or error}") from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code
