"""The go command, quietly: few processes, low priority, no cgo."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 3600


class BuildError(RuntimeError):
    """A command failed; the text is its last lines."""


@dataclass(frozen=True)
class Go:
    """Runs go in *folder*, which is made when it is not there."""

    folder: Path

    def run(
        self, *arguments: str, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ``go ARGUMENTS``."""
        return self.command("go", *arguments, check=check, **environment)

    def command(
        self, *command: str, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command that runs go.

        Raises:
            BuildError: It failed, and *check* is true; or it took more than an hour.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "CGO_ENABLED": "0",
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
            "GOFLAGS": "-p=2 -mod=mod",
        }
        try:
            done = subprocess.run(
                ["nice", *command],
                cwd=self.folder,
                env={**os.environ, **settings, **environment},
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise BuildError(f"no end after {SECONDS} s: {' '.join(command)}") from None
        if check and done.returncode:
            said = (done.stdout + done.stderr).strip().splitlines()[-15:]
            raise BuildError("\n".join([" ".join(command), *said]))
        return done


def installed() -> bool:
    """Tell whether there is a go."""
    return shutil.which("go") is not None
