"""Each file of collector-config/ without a Collector: whole, of known parts, on loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.backends import collector, manifest

NAMES = collector.names()

SECTIONS = ("receivers", "processors", "exporters", "connectors", "extensions")

ALLOWED = {
    *("otlp", "otlp_json_file", "kafka"),
    *("memory_limiter", "redaction", "transform", "filter", "groupbyattrs", "tail_sampling"),
    *("otlp_grpc", "otlp_http", "file", "prometheus", "load_balancing"),
    *("span_metrics", "forward"),
    *("health_check", "file_storage"),
}
"""The component types that our files may use, under the names of today."""

MODULES = {
    "otlp_grpc": "otlpexporter",
    "otlp_http": "otlphttpexporter",
    "health_check": "healthcheckextension",
}
"""What the module of a type is called where its name does not follow."""

KEYS = {
    "load_balancing": {"routing_key", "routing_attributes", "resolver", "protocol"},
    "otlp_json_file": {"include", "start_at", "max_log_size"},
}
"""The settings of what our own build may lack, and nobody else checks here."""


def read(name: str) -> dict[str, Any]:
    """Return a configuration, environment variables as they stand."""
    text: dict[str, Any] = yaml.safe_load(collector.path_of(name).read_text())
    return text


def members(text: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Iterate over what the pipelines and the service name: kind and id."""
    for one in text["service"].get("extensions", []):
        yield "extensions", one
    for pipeline in text["service"]["pipelines"].values():
        for section in ("receivers", "processors", "exporters"):
            for one in pipeline.get(section, []):
                connector = section != "processors" and one in text.get("connectors", {})
                yield "connectors" if connector else section, one


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_is_defined_is_used_and_the_other_way_round(name: str) -> None:
    """A pipeline names what is there, and nothing is there that no pipeline names."""
    text = read(name)
    defined = {(section, one) for section in SECTIONS for one in text.get(section, {})}
    assert defined == set(members(text))


@pytest.mark.parametrize("name", NAMES)
def test_components_have_the_names_of_today(name: str) -> None:
    """An old name is an alias that warns, and a misspelt one is none."""
    assert collector.used(name) <= ALLOWED


def endpoints(settings: Any) -> Iterator[str]:
    """Iterate over the values of all settings called endpoint."""
    for key, value in settings.items() if isinstance(settings, dict) else ():
        if key == "endpoint":
            yield value
        yield from endpoints(value)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_listens_for_other_machines(name: str) -> None:
    """Without variables a Collector listens on loopback only."""
    text = read(name)
    scraped = text["exporters"].get("prometheus", {})
    bound = [*endpoints(text["receivers"]), *endpoints(text.get("extensions")), *endpoints(scraped)]
    assert all(re.fullmatch(r"\$\{env:\w+:-127\.0\.0\.1:\d+\}", one) for one in bound)
    assert "0.0.0.0" not in collector.path_of(name).read_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_manifest_has_what_a_configuration_uses(name: str) -> None:
    """What builder.yaml builds runs every file."""
    text = read(name)
    modules = {one.module.rsplit("/", 1)[1] for one in manifest.components(manifest.read())}
    for section in SECTIONS:
        for one in text.get(section, {}):
            kind = one.split("/")[0]
            guess = kind.replace("_", "") + section.removesuffix("s")
            storage = kind.replace("_", "")
            assert {MODULES.get(kind, guess), guess, storage} & modules, f"{one} is in no module"


@pytest.mark.parametrize("name", NAMES)
def test_what_our_build_may_lack_has_known_settings(name: str) -> None:
    """Where no program checks a component's settings, a list of ours does."""
    text = read(name)
    for section in SECTIONS:
        for one, settings in text.get(section, {}).items():
            known = KEYS.get(one.split("/")[0])
            assert known is None or set(settings) <= known


def test_a_router_never_gives_its_workers_an_endpoint() -> None:
    """load_balancing takes addresses from its resolver, and refuses others."""
    settings = read("router")["exporters"]["load_balancing"]
    assert settings["routing_key"] == "attributes"
    assert settings["routing_attributes"] == ["helisession.route"]
    assert "endpoint" not in settings["protocol"]["otlp"]


def test_metrics_are_never_by_session() -> None:
    """An id as a dimension would be a series for each session."""
    settings = read("span-metrics")["connectors"]["span_metrics"]
    dimensions = {one["name"] for one in settings["dimensions"]}
    assert dimensions == {
        "helicone.session.name",
        "helicone.session.path",
        "helicone.request.type",
        "gen_ai.request.model",
    }


def test_every_file_has_its_paragraph() -> None:
    """README.md has a heading for each configuration, and none for what is gone."""
    readme = (collector.CONFIGURATIONS / "README.md").read_text()
    told = set(re.findall(r"^### `([\w-]+)\.yaml`", readme, re.MULTILINE))
    assert told == set(NAMES)
