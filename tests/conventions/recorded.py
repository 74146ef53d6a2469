"""What the reader finds in recorded scenes."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.trace import ReadableSpan

from otel_helisession.conventions import reader
from otel_helisession.conventions.operation import Operation
from tests import recordings

FORECAST = "Mild and mostly dry in Lisbon; a light jacket is enough."
WEATHER = {"city": "Lisbon", "degrees": 18}


def spans(row: str, scene: str) -> list[ReadableSpan]:
    """Return the spans of a scene, without the step around it."""
    return [span for span in recordings.scenes(row)[scene] if span.name != scene]


def operations(row: str, scene: str) -> list[Operation]:
    """Return what each span of a scene says, in the order of their starts."""
    return [reader.read(span) for span in spans(row, scene)]


def requests(row: str, scene: str) -> list[Operation]:
    """Return what the requests of a scene say."""
    return [one for one in operations(row, scene) if one.kind != "structure"]


def tree(row: str, scene: str) -> list[tuple[str, str]]:
    """Return kind and path of each span of a scene, without the scene's own segment."""
    return [
        (
            reader.read(span).kind,
            str((span.attributes or {}).get("helicone.session.path")).removeprefix(f"/{scene}"),
        )
        for span in spans(row, scene)
    ]


def words(messages: Any) -> list[tuple[str, Any]]:
    """Return role and content of each part of *messages*, of calls their arguments."""
    return [
        (
            message["role"],
            part.get("content", part.get("arguments", part.get("response"))),
        )
        for message in messages
        for part in message["parts"]
    ]
