"""Where logs go: guessed from key and URL, or used exactly as given."""

from __future__ import annotations

import pytest

from otel_helisession.exporters.helicone import HeliconeSpanExporter
from otel_helisession.exporters.helicone.endpoint import Endpoint, is_helicone, resolve_endpoint
from otel_helisession.exporters.helicone.key import ApiKey
from tests.helicone.endpoint import KEY

EU_KEY = ApiKey(KEY.replace("helicone", "helicone-eu"))


@pytest.mark.parametrize(
    ("url", "flavour", "fixed"),
    [
        ("https://api.worker.helicone.ai/custom/v1/log", "worker", "CUSTOM"),
        ("https://api.worker.helicone.ai/oai/v1/log", "worker", "OPENAI"),
        ("https://api.worker.helicone.ai/anthropic/v1/log", "worker", "ANTHROPIC"),
        ("https://api.eu.hconeai.com/custom/v1/log", "worker", "CUSTOM"),
        ("http://localhost:8788/custom/v1/log", "worker", "CUSTOM"),
        ("http://localhost:8585/v1/trace/custom/log", "jawn", None),
        ("http://localhost:8585/", "jawn", None),
        ("http://localhost:8585/custom/v1/log", "worker", "CUSTOM"),
        ("https://helicone.example.com/v1/trace/custom/v1/log", "jawn", None),
        ("https://api.helicone.ai/v1/trace/custom/log", "jawn", None),
        ("https://eu.api.helicone.ai", "jawn", None),
        ("https://gateway.example.com/logs?team=7", "worker", "CUSTOM"),
    ],
)
def test_the_flavour_is_guessed_and_the_url_kept(url: str, flavour: str, fixed: str | None) -> None:
    """Path first, then port and host; unknown paths are taken for a worker's."""
    endpoint = Endpoint.given(url)
    assert endpoint == Endpoint(url, flavour, fixed)  # type: ignore[arg-type]
    assert endpoint.origin + endpoint.target("OPENAI") in (url, url + "/")


def test_the_cloud_has_a_route_for_each_provider() -> None:
    """Only there does Helicone apply the provider's own prices."""
    cloud = resolve_endpoint(None)
    routes = [cloud.origin + cloud.target(name) for name in ("CUSTOM", "OPENAI", "ANTHROPIC")]
    assert routes == [
        "https://api.worker.helicone.ai/custom/v1/log",
        "https://api.worker.helicone.ai/oai/v1/log",
        "https://api.worker.helicone.ai/anthropic/v1/log",
    ]


@pytest.mark.parametrize(
    "url",
    [
        *("", "localhost:8585", "ftp://x/y", "http://", "http://x:port/", "https://x/a b", "//x/y"),
        *("http://exämple.com/v1/log", "http://x/\r\nHost: y", "api.worker.helicone.ai"),
    ],
)
def test_what_is_no_url_is_refused_at_construction(url: str) -> None:
    """The message shows two that would do."""
    with pytest.raises(ValueError, match=r"must be a full URL, such as https://api\.worker"):
        HeliconeSpanExporter(KEY, url)


def test_a_password_in_the_url_is_refused_and_not_repeated() -> None:
    """It would otherwise end in log lines."""
    with pytest.raises(ValueError, match="remove it") as caught:
        HeliconeSpanExporter(KEY, "https://me:hunter2@localhost/custom/v1/log")
    assert "hunter2" not in str(caught.value)


def test_the_argument_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the environment beats the cloud."""
    monkeypatch.setenv("HELISESSION_HELICONE_ENDPOINT", "http://localhost:8585/v1/trace/custom/log")
    assert resolve_endpoint(None).flavour == "jawn"
    assert resolve_endpoint("http://localhost:8788/custom/v1/log").flavour == "worker"
    assert "8585" in repr(HeliconeSpanExporter(KEY))
    monkeypatch.setenv("HELISESSION_HELICONE_ENDPOINT", "nonsense")
    with pytest.raises(ValueError, match="'nonsense'"):
        HeliconeSpanExporter(KEY)


def test_a_jawn_of_the_other_region_is_noticed() -> None:
    """Only Helicone's own have regions."""
    us = Endpoint.given("https://api.helicone.ai/v1/trace/custom/log")
    eu = Endpoint.given("https://eu.api.helicone.ai/v1/trace/custom/log")
    own = Endpoint.given("http://localhost:8585/v1/trace/custom/log")
    assert us.other_region(EU_KEY) == eu.url
    assert eu.other_region(ApiKey(KEY)) == us.url
    assert [us.other_region(ApiKey(KEY)), eu.other_region(EU_KEY), own.other_region(EU_KEY)] == [
        None,
        None,
        None,
    ]


def test_gateways_are_known_by_their_domain() -> None:
    """Not by a name that only looks like it."""
    gateways = [
        "ai-gateway.helicone.ai",
        "oai.helicone.ai",
        "OAI.HCONEAI.COM",
        "gateway.hconeai.com.",
    ]
    assert all(map(is_helicone, gateways))
    assert not any(map(is_helicone, ["helicone.ai.example.com", "nothelicone.ai", "localhost"]))


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({"include": {"spans"}}, ValueError, "accepted: 'structure', 'http', 'db'"),
        ({"include": "http"}, TypeError, "include takes a set"),
        ({"max_connections": 0}, ValueError, "at least 1"),
        ({"max_connections": 2.5}, TypeError, "must be an int, not float"),
        ({"timeout_seconds": 0}, ValueError, "must be above 0"),
        ({"timeout_seconds": float("nan")}, ValueError, "must be above 0"),
    ],
)
def test_other_settings_are_checked_too(
    settings: dict[str, object], error: type[Exception], text: str
) -> None:
    """At construction, never later."""
    with pytest.raises(error, match=text):
        HeliconeSpanExporter(KEY, **settings)  # type: ignore[arg-type]
