"""Grafana's JSON for the dashboards: variables, targets, panels."""

from __future__ import annotations

from typing import Any, Final

Json = dict[str, Any]

TEMPO: Final[Json] = {"type": "tempo", "uid": "${tempo}"}
PROMETHEUS: Final[Json] = {"type": "prometheus", "uid": "${prometheus}"}

LINES: Final[Json] = {"options": {"legend": {"displayMode": "list", "placement": "bottom"}}}
BARS: Final[Json] = {"options": {"orientation": "horizontal", "displayMode": "gradient"}}

_ALL: Final[Json] = {"text": "All", "value": "$__all", "selected": True}


def datasource(name: str) -> Json:
    """Return a variable that chooses among the data sources of a type: ``tempo``."""
    return {"name": name, "label": name.title(), "type": "datasource", "query": name, "hide": 0}


def choice(name: str, label: str, query: str) -> Json:
    """Return a variable with the values of a label in Prometheus, or all of them."""
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": PROMETHEUS,
        "query": {"query": query, "refId": f"{name}-values", "qryType": 1},
        "definition": query,
        "refresh": 2,
        "sort": 1,
        "includeAll": True,
        "allValue": ".*",
        "allowCustomValue": True,
        "multi": False,
        "current": _ALL,
    }


def choices() -> list[Json]:
    """Return the variables of the dashboards about many sessions."""
    names = "label_values(helisession_calls_total, helicone_session_name)"
    of_name = 'helisession_calls_total{helicone_session_name=~"$name"}'
    return [
        datasource("tempo"),
        datasource("prometheus"),
        choice("name", "Session name", names),
        choice("path", "Path", f"label_values({of_name}, helicone_session_path)"),
        choice("model", "Model", f"label_values({of_name}, gen_ai_request_model)"),
    ]


def text(name: str, label: str, value: str, hide: int = 0) -> Json:
    """Return a variable that somebody types."""
    return {
        "name": name,
        "label": label,
        "type": "textbox",
        "query": value,
        "current": {"text": value, "value": value},
        "hide": hide,
    }


def promql(expr: str, legend: str = "__auto", *, instant: bool = False) -> Json:
    """Return a query to Prometheus: a range, or a table of the values now."""
    return {
        "datasource": PROMETHEUS,
        "expr": expr,
        "legendFormat": legend,
        "range": not instant,
        "instant": instant,
        "format": "table" if instant else "time_series",
    }


def traceql(query: str, *, instant: bool = False, spans: bool = False) -> Json:
    """Return a query to Tempo: metrics over time or now, or the spans themselves."""
    return {
        "datasource": TEMPO,
        "queryType": "traceql",
        "query": query,
        "metricsQueryType": "instant" if instant else "range",
        "tableType": "spans" if spans else "traces",
        "limit": 200,
        "spss": 100 if spans else 3,  # more is refused by a Tempo that is not told otherwise
        "filters": [],
    }


def panel(
    kind: str,
    title: str,
    where: tuple[int, int, int, int],
    *targets: Json,
    unit: str = "short",
    about: str = "",
    **more: Any,
) -> Json:
    """Return a panel.

    Args:
        kind: Grafana's type of it.
        title: Its title.
        where: Column, row, width and height, of 24 columns.
        targets: Its queries, named A, B, C.
        unit: What its numbers are.
        about: What a reader should know.
        more: ``options``, ``defaults``, ``overrides``, ``transformations``.
    """
    x, y, width, height = where
    return {
        "type": kind,
        "title": title,
        "description": about,
        "gridPos": {"x": x, "y": y, "w": width, "h": height},
        "datasource": targets[0]["datasource"] if targets else None,
        "targets": [{"refId": chr(65 + index), **one} for index, one in enumerate(targets)],
        "fieldConfig": {
            "defaults": {"unit": unit, **more.pop("defaults", {})},
            "overrides": more.pop("overrides", []),
        },
        "options": more.pop("options", {}),
        "transformations": more.pop("transformations", []),
        **more,
    }


def row(title: str, y: int) -> Json:
    """Return a row's head."""
    where = {"x": 0, "y": y, "w": 24, "h": 1}
    return {"type": "row", "title": title, "gridPos": where, "collapsed": False, "panels": []}


def linked(field: str, title: str, url: str) -> Json:
    """Return an override that makes the values of a field links."""
    return {
        "matcher": {"id": "byName", "options": field},
        "properties": [{"id": "links", "value": [{"title": title, "url": url}]}],
    }


def sorted_by(field: str) -> Json:
    """Return a transformation that sorts a table."""
    return {"id": "sortBy", "options": {"sort": [{"field": field, "desc": False}]}}


def dashboard(
    uid: str, title: str, about: str, variables: list[Json], panels: list[Json], links: list[Json]
) -> Json:
    """Return a dashboard; its panels get their numbers in order."""
    return {
        "uid": uid,
        "title": title,
        "description": f"{about} Made by make_dashboards.py: change that, not this.",
        "tags": ["otel-helisession"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "",
        "annotations": {"list": []},
        "templating": {"list": variables},
        "links": links,
        "panels": [{"id": number, **one} for number, one in enumerate(panels, 1)],
    }


def link(title: str, url: str, *, outside: bool = False) -> Json:
    """Return a link above a dashboard."""
    return {
        "title": title,
        "url": url,
        "type": "link",
        "icon": "external link",
        "targetBlank": outside,
        "keepTime": not outside,
        "includeVars": False,
        "tags": [],
        "asDropdown": False,
        "tooltip": "",
    }
