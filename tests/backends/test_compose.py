"""The compose files, without containers: pinned, on loopback, and what they mount is there."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.backends.collector import CONFIGURATIONS

FILES = sorted(CONFIGURATIONS.glob("compose.*.yaml"))

SERVICE = {
    *("image", "command", "environment", "volumes", "ports", "depends_on", "restart", "user"),
}
"""The settings of a service that our files use, all of them compose's own."""


@pytest.fixture(params=FILES, ids=lambda file: file.name)
def compose(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return a compose file, merged as compose merges."""
    text: dict[str, Any] = yaml.safe_load(request.param.read_text())
    return text


def test_the_shape_is_composes(compose: dict[str, Any]) -> None:
    """Services with known settings, depending on services that exist; volumes by name exist."""
    assert {key for key in compose if not key.startswith("x-")} <= {"name", "services", "volumes"}
    for service in compose["services"].values():
        assert set(service) <= SERVICE
        assert set(service.get("depends_on", ())) <= set(compose["services"])
        named = {one.split(":")[0] for one in service["volumes"] if one[0] != "."}
        assert named <= set(compose.get("volumes", {}))


def test_images_are_pinned_and_ports_are_loopbacks(compose: dict[str, Any]) -> None:
    """A tag that says a version, and no port that another machine reaches."""
    for service in compose["services"].values():
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.\d+", service["image"])
        ports = service.get("ports", [])
        assert all(re.fullmatch(r"127\.0\.0\.1:(\d+):\1", one) for one in ports)


def test_what_is_mounted_is_here_and_reads_the_variables_that_are_set(
    compose: dict[str, Any],
) -> None:
    """Each mounted file exists, and a Collector's variables are those of its configuration."""
    for service in compose["services"].values():
        mounted = [one.split(":")[0] for one in service["volumes"] if one[0] == "."]
        assert all((CONFIGURATIONS / one).exists() for one in mounted)
        files = [CONFIGURATIONS / one for one in mounted if one.endswith(".yaml")]
        read = "".join(one.read_text() for one in files)
        wanted = {one for one in service.get("environment", {}) if not one.startswith("GF_")}
        assert all(one in read for one in wanted)


def test_addresses_name_services(compose: dict[str, Any]) -> None:
    """``HOST:PORT`` in a variable is a service of the file."""
    services = compose["services"]
    for service in services.values():
        for value in service.get("environment", {}).values():
            found = re.fullmatch(r"(?:http://)?([a-z-]+):\d+", str(value))
            assert found is None or found[1] in services
