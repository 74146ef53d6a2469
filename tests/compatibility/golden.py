"""What Helicone would be sent of a recording: one log a request, in the order of the spans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from otel_helisession.exporters.helicone.endpoint import Endpoint
from otel_helisession.exporters.helicone.log import LogWriter
from tests import recordings

FOLDER = Path(__file__).parents[1] / "conventions" / "golden"

_ENDPOINT = Endpoint.given("https://api.worker.helicone.ai/custom/v1/log")


def logs(recording: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the logs of each scene of *recording*."""
    writer = LogWriter(_ENDPOINT)
    made = {}
    for name, scene in recording["scenes"].items():
        written = [writer.write(recordings.load_span(span)) for span in scene["spans"]]
        made[name] = [json.loads(log.body) for log in written if log is not None]
    return made


def path(row: str) -> Path:
    """Return the file of a row."""
    return FOLDER / f"{row}.json"


def text(recording: dict[str, Any]) -> str:
    """Return what that file should hold."""
    return json.dumps(logs(recording), indent=1, ensure_ascii=False) + "\n"
