"""Draws what was measured. Runs where matplotlib is: ``python pictures.py KIND FILE < JSON``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

matplotlib.rcParams.update(
    {"svg.hashsalt": "otel-helisession", "svg.fonttype": "none", "font.size": 9}
)

OURS, THEIRS = "#1f6feb", "#8b949e"


def peers(rows: list[dict[str, Any]], file: str) -> None:
    """Bars: what each adds to a span in a session, with its noise; longest first."""
    rows = [one for one in rows if one["inside"] or "Batch" in one["name"]]
    rows.sort(key=lambda one: (one["inside"] or one["outside"])["median"], reverse=True)
    figure, axes = pyplot.subplots(figsize=(8, 0.42 * len(rows) + 1))
    for at, one in enumerate(rows):
        said = one["inside"] or one["outside"]
        color = OURS if one["name"].startswith("otel-helisession") else THEIRS
        axes.barh(at, said["median"], xerr=said["mad"], color=color, ecolor="#24292f")
        axes.text(said["median"] + said["mad"] + 0.7, at, f"{said['median']:.1f}", va="center")
    axes.set_yticks(range(len(rows)), [one["name"] for one in rows])
    axes.set_xlabel("µs of CPU time added to a span in a session (a bare one takes 9 to 10)")
    _save(figure, axes, file)


def startup(rows: list[dict[str, Any]], file: str) -> None:
    """Two panels of bars: import time, and megabytes installed."""
    rows.sort(key=lambda one: one["millis"]["median"], reverse=True)
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 0.38 * len(rows) + 1), sharey=True)
    for at, one in enumerate(rows):
        color = OURS if one["ours"] else THEIRS
        left.barh(at, one["millis"]["median"], xerr=one["millis"]["mad"], color=color)
        right.barh(at, one["megabytes"], color=color)
        right.text(one["megabytes"] + 0.5, at, f"{one['distributions']}", va="center")
    left.set_yticks(range(len(rows)), [one["name"] for one in rows])
    left.set_xlabel("import, ms of CPU time")
    right.set_xlabel("MB installed, and distributions")
    _save(figure, left, file, right)


def scaling(curves: dict[str, dict[str, list[float]]], file: str) -> None:
    """One panel a dimension: the cost of a span as it grows."""
    figure, panels = pyplot.subplots(1, len(curves), figsize=(2.9 * len(curves), 2.6), sharey=True)
    for axes, (name, curve) in zip(panels, curves.items(), strict=True):
        axes.errorbar(curve["at"], curve["bare"], curve["bare_mad"], color=THEIRS, label="bare")
        axes.errorbar(curve["at"], curve["ours"], curve["ours_mad"], color=OURS, label="session")
        axes.set_xscale("log")
        axes.set_title(name, fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
    most = max(max(curve["ours"]) for curve in curves.values())
    panels[0].set_ylim(0, 1.1 * most)
    panels[0].set_ylabel("µs a span")
    panels[0].legend(frameon=False)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


def _save(figure: Any, axes: Any, file: str, *others: Any) -> None:
    for one in (axes, *others):
        one.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


DRAWN: dict[str, Callable[[Any, str], None]] = {
    "peers": peers,
    "startup": startup,
    "scaling": scaling,
}

if __name__ == "__main__":
    DRAWN[sys.argv[1]](json.load(sys.stdin), sys.argv[2])
