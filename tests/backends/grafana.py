"""The dashboards of collector-config/grafana: their queries, with the variables filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).parents[2] / "collector-config" / "grafana"
NAMES: Final = ("overview", "session", "paths")

_BUILT_IN: Final = {"$__rate_interval": "20s", "$__range": "5m"}


class Query(NamedTuple):
    """One query of one panel, as it stands in the file."""

    dashboard: str
    panel: str
    kind: str
    text: str
    is_instant: bool

    def filled(self, values: Mapping[str, str]) -> str:
        """Return it with the variables' *values*, ``.*`` for all, as Grafana would ask it."""
        text = self.text
        for name, value in values.items():
            is_all = value == ".*"
            escaped = value if is_all else re.sub(r"[\\^$*+?.()|\[\]{}/]", r"\\\g<0>", value)
            text = text.replace(f"${{{name}:regex}}", escaped).replace(f"${{{name}}}", value)
            text = text.replace(f'"${name}"', '"' + escaped.replace("\\", "\\\\") + '"')
        for name, value in _BUILT_IN.items():
            text = text.replace(name, value)
        assert "$" not in text, text
        return text


def dashboard(name: str) -> dict[str, Any]:
    """Return a dashboard."""
    found: dict[str, Any] = json.loads((FOLDER / "dashboards" / f"{name}.json").read_text())
    return found


def queries() -> Iterator[Query]:
    """Iterate over the queries of all panels of all dashboards."""
    for name in NAMES:
        for panel in dashboard(name)["panels"]:
            for target in panel.get("targets", ()):
                is_tempo = target["datasource"]["type"] == "tempo"
                yield Query(
                    name,
                    panel["title"],
                    "traceql" if is_tempo else "promql",
                    target["query"] if is_tempo else target["expr"],
                    target["metricsQueryType"] == "instant" if is_tempo else target["instant"],
                )
