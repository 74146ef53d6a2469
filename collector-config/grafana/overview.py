"""The dashboard "overview": sessions by name."""

from __future__ import annotations

from typing import Final

import queries as q
from panels import LINES, Json, choices, dashboard, link, linked, panel, promql, row, traceql

OWN: Final = "Measured by the programs themselves: HELISESSION_SESSION_METRICS=true."
_NAMED: Final = f"{{{{{q.NAME}}}}}"
_SESSION: Final = (
    "/d/helisession-session?var-id=${__value.raw}&${tempo:queryparam}&${__url_time_range}"
)
_TURNS: Final = (
    f"{{ nestedSetParent < 0 && span.helicone.session.id != nil && {q.OF_NAME} }} | "
    "select(span.helicone.session.id, span.helicone.session.name, span.helicone.session.path, "
    "span.user.id, status)"
)


def overview() -> Json:
    """Rate, errors, tokens, cost and duration, and the sessions themselves."""
    return dashboard(
        "helisession-overview",
        "Sessions: overview",
        "Sessions by name.",
        choices(),
        [*_totals(), row("By session name", 4), *_by_name(), row("Sessions", 29), _sessions()],
        [link("Paths", "/d/helisession-paths")],
    )


def _totals() -> list[Json]:
    inputs, outputs = (q.tokens(side, q.OF_NAME, q.OF_MODEL) for side in ("input", "output"))
    p95 = q.quantile(0.95, q.BUCKETS, window=q.SPAN)
    spent = f"sum(increase({q.COST}[{q.SPAN}]))"
    return [
        panel("stat", "Requests", (0, 0, 4, 4), promql(f"sum(increase({q.CALLS}[{q.SPAN}]))")),
        panel("stat", "Failed", (4, 0, 4, 4), promql(q.failed_share()), unit="percentunit"),
        panel("stat", "p95 of a request", (8, 0, 4, 4), promql(p95), unit="s"),
        panel("stat", "Input tokens", (12, 0, 4, 4), traceql(inputs, instant=True)),
        panel("stat", "Output tokens", (16, 0, 4, 4), traceql(outputs, instant=True)),
        panel("stat", "Cost", (20, 0, 4, 4), promql(spent), unit="currencyUSD", about=OWN),
    ]


def _by_name() -> list[Json]:
    def rate(counter: str) -> Json:
        return promql(f"sum by ({q.NAME}) (rate({counter}[{q.STEP}]))", _NAMED)

    def quantiles(buckets: str) -> list[Json]:
        return [
            promql(q.quantile(share, buckets, q.NAME), f"{_NAMED} p{share * 100:.0f}")
            for share in (0.5, 0.95)
        ]

    used = [
        traceql(f"{q.tokens(side, q.OF_NAME, q.OF_MODEL)} {q.BY_NAME}")
        for side in ("input", "output")
    ]
    cost = promql(f"60 * sum by ({q.NAME}) (rate({q.COST}[{q.STEP}]))", _NAMED)
    return [
        panel("timeseries", "Requests a second", (0, 5, 12, 8), rate(q.CALLS), **LINES),
        panel("timeseries", "Failed requests a second", (12, 5, 12, 8), rate(q.FAILED), **LINES),
        panel(
            "timeseries", "A request, p50 and p95", (0, 13, 12, 8),
            *quantiles(q.BUCKETS), unit="s", **LINES,
        ),
        panel(
            "timeseries", "A session, p50 and p95", (12, 13, 12, 8),
            *quantiles(q.SESSION_BUCKETS), unit="s", about=OWN, **LINES,
        ),
        panel(
            "timeseries", "Tokens", (0, 21, 12, 8), *used,
            about="Of the spans in Tempo. What an agent's span repeats of its calls counts "
            "again here, and once in helisession show.", **LINES,
        ),
        panel(
            "timeseries", "Cost a minute", (12, 21, 12, 8), cost,
            unit="currencyUSD", about=OWN, **LINES,
        ),
    ]  # fmt: skip


def _sessions() -> Json:
    return panel(
        "table",
        "Turns, newest first",
        (0, 30, 24, 12),
        traceql(_TURNS, spans=True),
        unit="",
        about="The root spans of each session's traces; the id opens the session.",
        overrides=[linked("helicone.session.id", "This session", _SESSION)],
    )
