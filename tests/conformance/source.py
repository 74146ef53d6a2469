"""Where the SDK's tests come from: the source distribution of the version that is installed."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

DISTRIBUTION = "opentelemetry-sdk"


def unpack_tests(directory: Path) -> Path:
    """Download the SDK's sources into *directory*, and return the folder of its tests.

    Raises:
        RuntimeError: pip could not, or there are no tests in it; says which.
    """
    wanted = f"{DISTRIBUTION}=={version(DISTRIBUTION)}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-binary", ":all:", "--dest", str(directory)]
    done = subprocess.run([*pip, *options, wanted], capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"pip cannot download {wanted}: {done.stderr.strip()[-500:]}")
    (archive,) = directory.glob("*.tar.gz")
    return _extract(archive, directory / "sdk_tests")


def _extract(archive: Path, target: Path) -> Path:
    """Write the Python files below ``tests/`` into *target*, under no name of our own."""
    with tarfile.open(archive) as tar:
        for member in tar:
            parts = Path(member.name).parts
            content = tar.extractfile(member)
            if content is None or parts[1:2] != ("tests",) or not member.name.endswith(".py"):
                continue
            path = target.joinpath(*(part for part in parts[2:] if part != ".."))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())
    if not target.is_dir():
        raise RuntimeError(f"{archive.name} has no tests")
    return target
