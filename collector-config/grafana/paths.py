"""The dashboard "paths": the paths of a kind of session beside each other."""

from __future__ import annotations

from typing import Final

import queries as q
from overview import OWN
from panels import BARS, LINES, Json, choices, dashboard, link, panel, promql, sorted_by, traceql

_AT: Final = f"{{{{{q.PATH}}}}}"
_EACH: Final = f"{q.PATH}, {q.MODEL}, {q.KIND}"


def paths() -> Json:
    """Requests, errors, durations, tokens and cost by path, and by path and model."""
    return dashboard(
        "helisession-paths",
        "Sessions: paths",
        "The paths of a kind of session.",
        choices(),
        [*_now(), *_over_time(), _table()],
        [link("Overview", "/d/helisession-overview")],
    )


def _now() -> list[Json]:
    count = f"sort_desc(sum by ({q.PATH}) (increase({q.CALLS}[{q.SPAN}])))"
    failed, p95 = q.failed_share(q.PATH), q.quantile(0.95, q.BUCKETS, q.PATH, q.SPAN)
    return [
        panel(
            "bargauge",
            title,
            (8 * place, 0, 8, 10),
            promql(expr, _AT, instant=True),
            unit=unit,
            **BARS,
        )
        for place, (title, expr, unit) in enumerate(
            (
                ("Requests", count, "short"),
                ("Failed", failed, "percentunit"),
                ("p95 of a request", p95, "s"),
            )
        )
    ]


def _over_time() -> list[Json]:
    median, p95 = (promql(q.quantile(one, q.BUCKETS, q.PATH), _AT) for one in (0.5, 0.95))
    used = f"{q.tokens('output', q.OF_NAME, q.AT_PATH, q.OF_MODEL)} {q.BY_PATH}"
    cost = promql(f"60 * sum by ({q.PATH}) (rate({q.COST}[{q.STEP}]))", _AT)
    return [
        panel("timeseries", "A request, p50", (0, 10, 12, 9), median, unit="s", **LINES),
        panel("timeseries", "A request, p95", (12, 10, 12, 9), p95, unit="s", **LINES),
        panel("timeseries", "Output tokens", (0, 19, 12, 9), traceql(used), **LINES),
        panel(
            "timeseries", "Cost a minute", (12, 19, 12, 9), cost,
            unit="currencyUSD", about=OWN, **LINES,
        ),
    ]  # fmt: skip


def _table() -> Json:
    count = f"sum by ({_EACH}) (increase({q.CALLS}[{q.SPAN}]))"
    p95 = q.quantile(0.95, q.BUCKETS, _EACH, q.SPAN)
    return panel(
        "table",
        "By path and model: requests, and p95 in seconds",
        (0, 28, 24, 10),
        promql(count, instant=True),
        promql(p95, instant=True),
        unit="",
        transformations=[{"id": "merge", "options": {}}, sorted_by(q.PATH)],
    )
