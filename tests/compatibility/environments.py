"""Virtual environments for rows: kept outside the tree, one for each set of requirements."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.compatibility.row import Row

VARIABLE = "HELISESSION_TEST_ENVIRONMENTS"
"""Where environments are kept; ``~/.cache/otel-helisession/compatibility`` when it is unset."""

LOCKS = Path(__file__).parent / "locks"
"""Everything that was installed when the rows were recorded, so that it is again."""

INSTALL_SECONDS = 600

_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_ALWAYS = ("opentelemetry-sdk>=1.28",)


class InstallError(RuntimeError):
    """pip could not install an environment; the text is pip's last lines."""


@dataclass(frozen=True)
class Environment:
    """The requirements of all rows that share a name.

    Attributes:
        name: As the rows say it.
        requirements: Sorted, each once.
    """

    name: str
    requirements: tuple[str, ...]

    @classmethod
    def of(cls, name: str, rows: Sequence[Row]) -> Environment:
        """Return the environment *name*, which takes the requirements of all its *rows*."""
        wanted = {one for row in rows if row.environment == name for one in row.requirements}
        return cls(name, tuple(sorted({*wanted, *_ALWAYS})))

    @property
    def lock(self) -> Path:
        """The file of everything that belongs to it."""
        return LOCKS / f"{self.name}.txt"

    @property
    def is_locked(self) -> bool:
        """Whether the lock was made for these requirements and this Python."""
        return self.lock.exists() and self.lock.read_text().startswith(self._header)

    @property
    def _header(self) -> str:
        asked = "".join(f"#   {one}\n" for one in self.requirements)
        return f"# Python {_PYTHON}, of:\n{asked}"

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        lock = self.lock.read_text() if self.is_locked else self._header
        key = hashlib.sha256(f"{sys.version}{lock}".encode()).hexdigest()[:12]
        return root() / f"{self.name}-{key}"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def install(self) -> bool:
        """Make it, unless it is there. Return whether it was made now.

        Raises:
            InstallError: pip failed, or took longer than ten minutes.
        """
        with _alone(self.folder.with_suffix(".lock")):
            complete = self.folder / "complete"
            if complete.exists():
                return False
            _run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(self.folder))
            locked = ("--no-deps", "-r", str(self.lock))
            what = locked if self.is_locked else self.requirements
            self._pip("install", "--quiet", "--no-compile", "--no-input", *what)
            complete.touch()
            return True

    def _pip(self, *arguments: str) -> str:
        """Run this interpreter's pip for that one, which needs none of its own."""
        pip = (sys.executable, "-m", "pip", "--python", str(self.python))
        return _run(*pip, "--disable-pip-version-check", *arguments)

    def write_lock(self) -> None:
        """Write down what is installed."""
        frozen = self._pip("freeze")
        LOCKS.mkdir(exist_ok=True)
        before = self.folder
        self.lock.write_text(f"{self._header}\n{frozen}")
        if not self.folder.exists():  # the same packages by their new name
            self.folder.symlink_to(before.name)


def root() -> Path:
    """Return the folder of all environments."""
    given = os.environ.get(VARIABLE)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else cache / "otel-helisession" / "compatibility"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes out of the block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise InstallError(f"no end after {INSTALL_SECONDS} s: {' '.join(command)}") from None
    if done.returncode:
        raise InstallError("\n".join(done.stderr.strip().splitlines()[-15:]))
    return done.stdout
