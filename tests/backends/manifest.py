"""collector-config/builder.yaml: what our Collector holds, and what of it can be had."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.backends.go import Go

PATH: Final = Path(__file__).parents[2] / "collector-config" / "builder.yaml"

SECTIONS: Final = ("extensions", "receivers", "processors", "exporters", "connectors", "providers")


@dataclass(frozen=True)
class Component:
    """One Go module of the manifest."""

    section: str
    module: str
    version: str

    def refusal(self, go: Go) -> str:
        """Return why go cannot download it, empty when it has."""
        done = go.run("mod", "download", "-json", f"{self.module}@{self.version}", check=False)
        error = json.loads(done.stdout or "{}").get("Error", "")
        if "git ls-remote" in error:  # where go asks when the module proxy has said no
            return f"the module proxy has no {self.version} of it"
        return re.sub(r"\s+", " ", error)[:200]


def read() -> dict[str, Any]:
    """Return the manifest."""
    manifest: dict[str, Any] = yaml.safe_load(PATH.read_text())
    return manifest


def components(manifest: dict[str, Any]) -> Iterator[Component]:
    """Iterate over what a manifest names."""
    for section in SECTIONS:
        for entry in manifest[section]:
            module, version = entry["gomod"].split()
            yield Component(section, module, version)


def without(manifest: dict[str, Any], left_out: set[str]) -> dict[str, Any]:
    """Return *manifest* without some modules."""
    kept = dict(manifest)
    for section in SECTIONS:
        kept[section] = [
            entry for entry in manifest[section] if entry["gomod"].split()[0] not in left_out
        ]
    return kept
