"""The files of collector-config/grafana. Validated, not run: there is no Grafana here; that the
queries find what was sent is tested in test_dashboards.py."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import combinations
from typing import Any

import pytest
import yaml

from tests.backends.grafana import FOLDER, NAMES, dashboard, queries

VARIABLE = re.compile(r"\$\{?(\w+)")
BUILT_IN = {"__value", "__url_time_range", "__rate_interval", "__range", "__all"}


def provisioned(kind: str) -> Any:
    """Return the provisioning file of a kind."""
    return yaml.safe_load((FOLDER / "provisioning" / kind / "sessions.yaml").read_text())


def test_the_dashboards_are_what_makes_them_makes() -> None:
    """Nobody changed a file by hand; after a change run make_dashboards.py."""
    source = "import json, make_dashboards; print(json.dumps(make_dashboards.texts()))"
    done = subprocess.run(
        [sys.executable, "-B", "-c", source], cwd=FOLDER, capture_output=True, check=True
    )
    there = {path.name: path.read_text() for path in (FOLDER / "dashboards").glob("*.json")}
    assert json.loads(done.stdout) == there


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_is_defined(name: str) -> None:
    """Queries, links and data sources name variables of the dashboard, or of Grafana."""
    found = dashboard(name)
    defined = {one["name"] for one in found["templating"]["list"]}
    used = {one for one in VARIABLE.findall(json.dumps(found)) if not one.startswith("__")}
    assert used == defined
    assert {one for one in VARIABLE.findall(json.dumps(found)) if one.startswith("__")} <= BUILT_IN


@pytest.mark.parametrize("name", NAMES)
def test_panels_have_places_of_their_own(name: str) -> None:
    """24 columns, no two panels in one place, each with a number and a title of its own."""
    panels = dashboard(name)["panels"]
    assert [one["id"] for one in panels] == [*range(1, len(panels) + 1)]
    assert len({one["title"] for one in panels}) == len(panels)
    for one, other in combinations([panel["gridPos"] for panel in panels], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert one["x"] + one["w"] <= 24


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_asks_something(name: str) -> None:
    """But for the heads of rows; references are A, B, C; nothing is empty."""
    for panel in dashboard(name)["panels"]:
        if panel["type"] != "row":
            references = [target["refId"] for target in panel["targets"]]
            assert references == list("ABC"[: len(references)]) != []
    assert all(query.text.strip() for query in queries())


def test_links_lead_to_dashboards_that_are_there() -> None:
    """Every /d/UID of a link is the uid of a dashboard."""
    texts = [json.dumps(dashboard(name)) for name in NAMES]
    linked = {uid for text in texts for uid in re.findall(r"/d/([\w-]+)", text)}
    assert linked <= {dashboard(name)["uid"] for name in NAMES}


def test_the_data_sources_are_provisioned() -> None:
    """One of each type that a dashboard chooses from, under the uid that others name."""
    sources = {one["type"]: one for one in provisioned("datasources")["datasources"]}
    assert {kind: one["uid"] for kind, one in sources.items()} == {
        "tempo": "tempo",
        "prometheus": "prometheus",
        "jaeger": "jaeger",
    }
    chosen = {
        one["query"]
        for name in NAMES
        for one in dashboard(name)["templating"]["list"]
        if one["type"] == "datasource"
    }
    assert chosen <= sources.keys()


def test_the_dashboards_are_provisioned() -> None:
    """One provider, of files."""
    [provider] = provisioned("dashboards")["providers"]
    assert (provider["type"], provider["options"]["path"]) == ("file", "/etc/grafana/dashboards")


def test_jaegers_links_are_search_pages() -> None:
    """Each key is an attribute of ours, each parameter is in the span, each URL whole."""
    patterns = json.loads((FOLDER.parent / "jaeger-ui.json").read_text())["linkPatterns"]
    for pattern in patterns:
        assert pattern["type"] == "tags"
        assert pattern["key"].startswith("helicone.session.")
        named = set(re.findall(r"#\{([\w.]+)\}", pattern["url"]))
        assert pattern["key"] in named or "helicone.session.id" in named
        assert pattern["url"].startswith(("/search?service=", "http://localhost:3000/d/"))
