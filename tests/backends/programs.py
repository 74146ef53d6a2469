"""Where the real programs are: a variable, the cache that ``--build`` fills, or the PATH."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = "HELISESSION_TEST_BACKENDS"
"""Where ``--build`` puts programs; ``~/.cache/otel-helisession/backends`` when it is unset."""


@dataclass(frozen=True)
class Program:
    """A program that tests run.

    Attributes:
        name: What people call it.
        variable: The environment variable that names its file; it wins.
        version: What ``--build`` makes, as it is in the name of its folder.
        executables: What its file is called: the first by ``--build``, any on the PATH.
        how: How to get it, for the reason of a skip.
    """

    name: str
    variable: str
    version: str
    executables: tuple[str, ...]
    how: str = "python -m tests.backends --build makes it"

    @property
    def folder(self) -> Path:
        """Where ``--build`` puts it."""
        return root() / f"{self.name.lower()}-{self.version}"

    @property
    def built(self) -> Path:
        """The file that ``--build`` makes."""
        return self.folder / self.executables[0]

    def find(self) -> Path | None:
        """Return its file, None when it is not here.

        Raises:
            FileNotFoundError: The variable names a file that is not there.
        """
        given = os.environ.get(self.variable)
        if given:
            if not Path(given).is_file():
                raise FileNotFoundError(f"{self.variable} says {given}, and there is no such file")
            return Path(given)
        if self.built.is_file():
            return self.built
        found = filter(None, map(shutil.which, self.executables))
        return next((Path(one) for one in found), None)

    @property
    def missing(self) -> str:
        """Why a test that needs it skips."""
        return f"no {self.name} here: {self.variable} can name one; {self.how}"


COLLECTOR: Final = Program(
    "Collector",
    "HELISESSION_TEST_COLLECTOR",
    "0.155.0",
    ("otelcol-helisession", "otelcol-contrib"),
)
JAEGER: Final = Program("Jaeger", "HELISESSION_TEST_JAEGER", "1.76.0", ("jaeger",))
TEMPO: Final = Program(
    "Tempo",
    "HELISESSION_TEST_TEMPO",
    "3.0.3",
    ("tempo",),
    "version 3 of it; no registry of packages has it",
)
PROMETHEUS: Final = Program("Prometheus", "HELISESSION_TEST_PROMETHEUS", "debian", ("prometheus",))
ALL: Final = (COLLECTOR, JAEGER, TEMPO, PROMETHEUS)


def root() -> Path:
    """Return the folder of everything that ``--build`` makes."""
    given = os.environ.get(FOLDER)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else cache / "otel-helisession" / "backends"
