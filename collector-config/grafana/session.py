"""The dashboard "session": one session out of Tempo."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import quote

import queries as q
from panels import Json, dashboard, datasource, link, panel, sorted_by, text, traceql

_CHOSEN: Final = f"{q.OF_SESSION} && {q.AT_PATH}"
_REQUESTS: Final = f"{{ {_CHOSEN} && {q.REQUEST} }}"
_FAILED: Final = f"{{ {_CHOSEN} && {q.REQUEST} && status = error }}"
_LANES: Final = {"drawStyle": "bars", "fillOpacity": 80, "stacking": {"mode": "normal"}}


def session() -> Json:
    """Tree, timeline by path, and how long requests take at each path."""
    variables = [
        datasource("tempo"),
        text("id", "Session id", ""),
        text("path", "Path", ".*"),
        text("jaeger", "Jaeger", "http://localhost:16686"),
        text("service", "Service (for Jaeger)", "my-service"),
    ]
    links = [
        link("Overview", "/d/helisession-overview"),
        link("All its traces in Tempo", _explore(), outside=True),
        link("All its traces in Jaeger", _jaeger(), outside=True),
    ]
    return dashboard(
        "helisession-session",
        "Sessions: one session",
        "One session out of Tempo.",
        variables,
        [*_totals(), *_tree(), *_times()],
        links,
    )


def _totals() -> list[Json]:
    counts = {
        "Requests": f"{_REQUESTS} | count_over_time()",
        "Failed": f"{_FAILED} | count_over_time()",
    }
    counts |= {f"{side.title()} tokens": q.tokens(side, _CHOSEN) for side in ("input", "output")}
    return [
        panel("stat", title, (6 * place, 0, 6, 4), traceql(query, instant=True))
        for place, (title, query) in enumerate(counts.items())
    ]


def _tree() -> list[Json]:
    by_path = [sorted_by("helicone.session.path")]
    return [
        panel(
            "table", "Tree", (0, 4, 24, 14), traceql(q.selected(_CHOSEN), spans=True),
            unit="", about="Every span, by path, 100 a trace; the trace id opens its trace.",
            transformations=by_path,
        ),
        panel(
            "table", "Failures", (0, 36, 24, 8),
            traceql(q.selected(_CHOSEN, "status = error"), spans=True), unit="",
            transformations=by_path,
        ),
    ]  # fmt: skip


def _times() -> list[Json]:
    quantiles = f"{_REQUESTS} | quantile_over_time(span:duration, .5, .95) {q.BY_PATH}"
    return [
        panel(
            "timeseries", "When each kind of work happens", (0, 18, 24, 8),
            traceql(f"{_REQUESTS} | count_over_time() {q.BY_PATH}"),
            about="Requests by path and time, one colour a path. Narrow the time to the session.",
            defaults={"custom": _LANES},
        ),
        panel(
            "barchart", "A request, p50 and p95 by path", (0, 26, 12, 10),
            traceql(quantiles, instant=True), unit="s",
        ),
        panel(
            "heatmap", "Durations", (12, 26, 12, 10),
            traceql(f"{_REQUESTS} | histogram_over_time(span:duration)"), unit="s",
        ),
    ]  # fmt: skip


def _jaeger() -> str:
    """Return Jaeger's search for the session; it searches one service at a time."""
    tags = quote('{"helicone.session.id":"ID"}', safe="").replace("ID%22", "${id}%22")
    return f"${{jaeger}}/search?service=${{service}}&lookback=2d&limit=200&tags={tags}"


def _explore() -> str:
    """Return Grafana's page for a query, with that for the session's traces."""
    query = {
        "refId": "A",
        "datasource": {"type": "tempo", "uid": "UID"},
        "queryType": "traceql",
        "query": '{ span.helicone.session.id = "ID" }',
        "tableType": "traces",
        "limit": 200,
    }
    pane = {"datasource": "UID", "queries": [query], "range": {"from": "now-7d", "to": "now"}}
    panes = quote(json.dumps({"session": pane}, separators=(",", ":")), safe="")
    filled = panes.replace("UID", "${tempo}").replace("%22ID%5C", "%22${id}%5C")
    return f"/explore?schemaVersion=1&panes={filled}"
