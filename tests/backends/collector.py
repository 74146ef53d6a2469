"""A Collector with one of the files of collector-config/, on free ports."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from tests.backends.processes import Process, free_port, listens
from tests.backends.programs import COLLECTOR

CONFIGURATIONS: Final = Path(__file__).parents[2] / "collector-config"


_OTHERS: Final = ("builder", "jaeger")
"""Files with receivers that no Collector runs."""


def names() -> list[str]:
    """Return the names of all files that configure a Collector, without ``.yaml``."""
    return sorted(
        path.stem
        for path in CONFIGURATIONS.glob("*.yaml")
        if "receivers" in yaml.safe_load(path.read_text()) and path.stem not in _OTHERS
    )


def path_of(name: str) -> Path:
    """Return the file of a configuration."""
    return CONFIGURATIONS / f"{name}.yaml"


@cache
def held() -> frozenset[str]:
    """Return the component types that the Collector here knows, aliases left out.

    Empty when there is no Collector.
    """
    program = COLLECTOR.find()
    if program is None:
        return frozenset()
    done = subprocess.run([program, "components"], capture_output=True, text=True, check=True)
    known = yaml.safe_load(done.stdout)
    return frozenset(
        entry["name"]
        for section in ("receivers", "processors", "exporters", "connectors", "extensions")
        for entry in known.get(section) or ()
    )


def used(name: str) -> set[str]:
    """Return the component types that a configuration uses."""
    text = yaml.safe_load(path_of(name).read_text())
    return {
        identity.split("/")[0]
        for section in ("receivers", "processors", "exporters", "connectors", "extensions")
        for identity in text.get(section) or ()
    }


def lacking(name: str) -> str:
    """Return why the configuration *name* cannot run here, empty when it can."""
    if COLLECTOR.find() is None:
        return COLLECTOR.missing
    missing = used(name) - held()
    return f"the Collector here has no {', '.join(sorted(missing))}" if missing else ""


def command(name: str, *more: str) -> list[str]:
    """Return the command line that runs a configuration, *more* configuration laid over it."""
    program = COLLECTOR.find()
    assert program is not None
    overlays = [part for one in more for part in ("--config", one)]
    return [str(program), "--config", str(path_of(name)), *overlays]


def validate(file: Path, folder: Path) -> str:
    """Return what the Collector says of a configuration; nothing when it is right."""
    program = COLLECTOR.find()
    assert program is not None
    done = subprocess.run(
        [program, "validate", "--config", file],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"HELICONE_API_KEY": "sk-helicone-0000000000000000", "PATH": "/usr/bin:/bin"},
    )
    return (done.stdout + done.stderr).strip()


class Collector(Process):
    """Runs the configuration *name*.

    Args:
        name: As the file is called, without ``.yaml``.
        folder: Where it runs and keeps its state.
        more: Configuration laid over it, as ``yaml:a::b: value``.
        environment: The variables that the file reads, but those of listening.
    """

    def __init__(self, name: str, folder: Path, *more: str, **environment: str) -> None:
        self.grpc_port, self.http_port = free_port(), free_port()
        self.state = folder / "state"
        settings = {
            "OTLP_GRPC": f"127.0.0.1:{self.grpc_port}",
            "OTLP_HTTP": f"127.0.0.1:{self.http_port}",
            "HEALTH": f"127.0.0.1:{free_port()}",
            "COLLECTOR_STATE": str(self.state),
            **environment,
        }
        super().__init__(command(name, *more), folder, name, self._is_ready, settings)
        self._receives = "otlp" in used(name)

    def _is_ready(self) -> bool:
        if self._receives:
            return listens(self.grpc_port)
        return "Everything is ready" in self.log.read_text()

    @property
    def grpc(self) -> str:
        """What an OTLP exporter over gRPC takes."""
        return f"http://127.0.0.1:{self.grpc_port}"

    @property
    def http(self) -> str:
        """What an OTLP exporter over HTTP takes."""
        return f"http://127.0.0.1:{self.http_port}/v1/traces"
