"""The path tree of a recording, as a person reads it: folders, and under each its requests.

::

    chat
      Trip crew
        Travel agent
          - llm chat
          check_weather
            - tool check_weather

Requests that count, in the order of their starts; the same one again is ``× 2``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from otel_helisession import semconv
from otel_helisession.conventions.operation import Operation
from tests.compatibility.scene import Scene, scenes

FOLDER = Path(__file__).parents[1] / "conventions" / "paths"

NOWHERE = "(in no session)"


@dataclass
class _Place:
    """One folder: its requests, and the folders below it, in the order of their first spans."""

    requests: dict[str, int] = field(default_factory=dict)
    below: dict[str, _Place] = field(default_factory=dict)

    def at(self, path: str) -> _Place:
        place = self
        for segment in filter(None, path.split("/")):
            place = place.below.setdefault(segment, _Place())
        return place

    def lines(self, indent: str = "") -> Iterator[str]:
        for request, times in self.requests.items():
            yield f"{indent}- {request}{f' × {times}' if times > 1 else ''}"
        for segment, place in self.below.items():
            yield f"{indent}{segment}"
            yield from place.lines(indent + "  ")


def path(row: str) -> Path:
    """Return the file of a row."""
    return FOLDER / f"{row}.txt"


def text(recording: Mapping[str, Any]) -> str:
    """Return what that file should hold: a tree for all scenes of *recording*."""
    root = _Place()
    for scene in scenes(recording):
        root.at(scene.name)
        _grow(root, scene)
    return "\n".join(root.lines()) + "\n"


def _grow(root: _Place, scene: Scene) -> None:
    counted = set(scene.counted)
    for at, (span, operation) in enumerate(zip(scene.spans, scene.operations, strict=True)):
        said = (span.attributes or {}).get(semconv.SESSION_PATH)
        place = root.at(said if isinstance(said, str) else f"{scene.name}/{NOWHERE}")
        if operation.kind != "structure" and (operation.kind != "llm" or at in counted):
            request = f"{operation.kind} {_name(operation)}".strip()
            place.requests[request] = place.requests.get(request, 0) + 1


def _name(operation: Operation) -> str:
    if operation.tool is not None:
        return operation.tool.name
    if operation.vector is not None:
        return " ".join(filter(None, (operation.vector.operation, operation.vector.collection)))
    return operation.name
