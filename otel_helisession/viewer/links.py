"""Addresses of a session and span in Jaeger, Grafana (Tempo) and Helicone, to be filled in."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import quote, urlsplit

HELICONE: Final = "https://us.helicone.ai"
HELICONE_EU: Final = "https://eu.helicone.ai"

_FIELDS: Final = ("trace_id", "span_id", "session_id", "session_name")
"""What a template may hold, in braces."""

_GRAFANA_DATASOURCE: Final = "tempo"
"""The uid that Grafana's own examples give it; another one goes into a whole template."""


def links(jaeger: str | None, grafana: str | None, helicone: str | None) -> dict[str, str]:
    """Return templates by the name of what they lead to.

    Args:
        jaeger: Where Jaeger's pages are, or a whole template.
        grafana: Where Grafana is whose data source ``tempo`` has the traces, or a template.
        helicone: Where Helicone's dashboard is, or a template.

    Raises:
        ValueError: One is no address, or asks for what is not known.
    """
    made = {
        "jaeger": _template(jaeger, "/trace/{trace_id}?uiFind={span_id}"),
        "tempo": _template(grafana, "/explore?schemaVersion=1&orgId=1&panes=" + _panes()),
        "helicone": _template(helicone, "/sessions/{session_name}/{session_id}"),
    }
    return {name: template for name, template in made.items() if template is not None}


def _template(given: str | None, tail: str) -> str | None:
    if given is None:
        return None
    if urlsplit(given).scheme not in ("http", "https"):
        raise ValueError(f"{given!r} is no address; give one that begins with http:// or https://")
    if "{" not in given:
        return given.rstrip("/") + tail
    rest = given
    for field in _FIELDS:
        rest = rest.replace(f"{{{field}}}", "")
    if "{" in rest or "}" in rest:
        known = ", ".join(f"{{{field}}}" for field in _FIELDS)
        raise ValueError(f"{given!r} has braces around something else than {known}")
    return given


def _panes() -> str:
    query = {"refId": "A", "queryType": "traceql", "query": "trace_id_here", "limit": 20}
    pane = {
        "datasource": _GRAFANA_DATASOURCE,
        "queries": [{**query, "datasource": {"type": "tempo", "uid": _GRAFANA_DATASOURCE}}],
        "range": {"from": "now-7d", "to": "now"},
    }
    said = quote(json.dumps({"s": pane}, separators=(",", ":")), safe="")
    return said.replace("trace_id_here", "{trace_id}")
