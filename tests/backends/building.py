"""Building programs from Go modules, and unpacking Debian's Prometheus, into the cache.

A Collector is what ocb, the Collector's own builder, makes of our manifest. Its last step,
``go mod tidy``, also wants the modules that only the tests of its components need; of those
the module proxy lacks some, so go resolves what the program itself imports.

Jaeger 2 cannot be installed by its module path (its tags say v2, its path does not); its
v1.76.0, which is version 2.13, is built as a dependency of a module of one line, with the
``replace`` and the checksums that Jaeger's own module has.
"""

from __future__ import annotations

import fcntl
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import yaml

from tests.backends import manifest, programs
from tests.backends.go import BuildError, Go, installed
from tests.backends.programs import Program

Say = Callable[[str], None]

_JAEGER: Final = "github.com/jaegertracing/jaeger"
_SARAMA: Final = "github.com/Shopify/sarama"
_LEAN: Final = ("-trimpath", "-ldflags", "-s -w")


def build(program: Program, say: Say) -> bool:
    """Make *program* in the cache, unless it is there; return whether it is there then.

    Raises:
        BuildError: A command failed.
    """
    makers = {
        programs.COLLECTOR: _collector,
        programs.JAEGER: _jaeger,
        programs.PROMETHEUS: _prometheus,
    }
    if program not in makers:
        say(f"{program.name}: not built; {program.how}")
        return False
    if program is not programs.PROMETHEUS and not installed():
        say(f"{program.name}: not built; there is no go here")
        return False
    with _alone(program.folder):
        if not program.built.exists():
            makers[program](program, say)
    return program.built.exists()


def _collector(program: Program, say: Say) -> None:
    go = Go(program.folder / "source")
    builder = program.folder / "builder"
    if not builder.exists():
        version = f"v{program.version}"
        go.run(
            *("install", f"go.opentelemetry.io/collector/cmd/builder@{version}"),
            GOBIN=str(program.folder),
        )
    whole = manifest.read()
    refused = {one.module: one.refusal(go) for one in manifest.components(whole)}
    for module, reason in refused.items():
        if reason:
            say(f"Collector: left out {module.rsplit('/', 1)[1]}: {reason}")
    kept = manifest.without(whole, {module for module, reason in refused.items() if reason})
    kept["dist"] = {**kept["dist"], "output_path": str(go.folder)}
    short = program.folder / "builder.yaml"
    short.write_text(yaml.safe_dump(kept))
    go.command(str(builder), "--skip-get-modules", "--skip-compilation", "--config", str(short))
    (go.folder / "go.mod").unlink(missing_ok=True)
    go.run("mod", "init", kept["dist"]["module"])
    wanted = [f"{one.module}@{one.version}" for one in manifest.components(kept)]
    wanted.append(f"go.opentelemetry.io/collector/otelcol@v{program.version}")
    go.run("mod", "edit", *(f"-require={one}" for one in wanted))
    go.run("build", *_LEAN, "-o", str(program.built), ".")


def _jaeger(program: Program, say: Say) -> None:
    go = Go(program.folder / "source")
    (go.folder / "go.mod").unlink(missing_ok=True)
    go.run("mod", "init", "example.test/jaeger")
    go.run("mod", "edit", f"-replace={_SARAMA}={_SARAMA}@v1.33.0")
    version = f"v{program.version}"
    cached = go.run("env", "GOMODCACHE").stdout.strip()
    go.run("mod", "download", f"{_JAEGER}@{version}")
    sums = (Path(cached) / f"{_JAEGER}@{version}" / "go.sum").read_text()
    (go.folder / "go.sum").write_text(sums)
    go.run("get", f"{_JAEGER}/cmd/jaeger@{version}", GOFLAGS="-p=2")
    go.run("build", *_LEAN, "-o", str(program.built), f"{_JAEGER}/cmd/jaeger")


def _prometheus(program: Program, say: Say) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        say(f"Prometheus: not unpacked; Debian's package is for Debian, not {platform.platform()}")
        return
    _apt(program.folder, "apt-get", "download", "prometheus")
    (package,) = program.folder.glob("prometheus_*.deb")
    _apt(program.folder, "dpkg-deb", "-x", package.name, "unpacked")
    shutil.copy(program.folder / "unpacked" / "usr" / "bin" / "prometheus", program.built)


def _apt(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise BuildError(f"{' '.join(command)}\n{done.stderr.strip()[-500:]}")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Make *folder*, and keep other processes out of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
