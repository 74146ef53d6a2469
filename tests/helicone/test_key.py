"""The API key: its shape, and that it is never shown."""

from __future__ import annotations

import pytest

from otel_helisession.exporters.helicone import HeliconeSpanExporter
from otel_helisession.exporters.helicone.key import ApiKey
from tests.helicone.endpoint import KEY

GROUPS = "-".join(["0000000"] * 4)


@pytest.mark.parametrize(
    "value",
    [
        *(f"sk-{GROUPS}", KEY, f"pk-helicone-{GROUPS}", f"sk-helicone-eu-{GROUPS}"),
        *(f"sk-helicone-cp-{GROUPS}", f"sk-helicone-rl-{GROUPS}", f"pk-helicone-eu-rl-{GROUPS}"),
    ],
)
def test_each_shape_that_helicone_issues_is_accepted(value: str) -> None:
    """The worker's own expressions accept these."""
    assert ApiKey(value).authorization == f"Bearer {value}"


@pytest.mark.parametrize(
    "value",
    [
        *("", "abc", "sk-proj-0000000000000000", f"Bearer {KEY}", f" {KEY}", f"{KEY}\n", KEY[:-1]),
        *(KEY + "0", f'"{KEY}"', KEY.replace("0", "é"), f"sk-helicone-xx-{GROUPS}"),
    ],
)
def test_a_malformed_key_is_refused_at_construction_and_not_repeated(value: str) -> None:
    """The message has the shape that a key should have, and nothing of what was given."""
    with pytest.raises(ValueError, match="sk-helicone-xxxxxxx-xxxxxxx-xxxxxxx-xxxxxxx") as caught:
        HeliconeSpanExporter(value)
    assert "0000000" not in str(caught.value)
    assert "proj" not in str(caught.value)


def test_no_key_at_all_names_the_variable() -> None:
    """So does an empty variable; a wrong type is a TypeError."""
    with pytest.raises(ValueError, match="set HELICONE_API_KEY, or pass"):
        HeliconeSpanExporter()
    with pytest.raises(TypeError, match="api_key must be a str, not int"):
        HeliconeSpanExporter(42)  # type: ignore[arg-type]


def test_the_argument_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's key is not even looked at, malformed as it is."""
    monkeypatch.setenv("HELICONE_API_KEY", "malformed")
    HeliconeSpanExporter(KEY)
    with pytest.raises(ValueError, match="malformed"):
        HeliconeSpanExporter()
    monkeypatch.setenv("HELICONE_API_KEY", f" {KEY} ")
    HeliconeSpanExporter()


def test_nobody_shows_the_key() -> None:
    """The repr of key and exporter have its prefix only."""
    key = ApiKey(f"sk-helicone-eu-{GROUPS}")
    assert repr(key) == str(key) == "ApiKey('sk-helicone-eu-…')"
    assert "0000000" not in repr(HeliconeSpanExporter(KEY))
    assert vars(HeliconeSpanExporter(KEY)).get("api_key") is None


def test_the_key_tells_the_region() -> None:
    """EU keys say so in their prefix."""
    assert ApiKey(f"sk-helicone-eu-{GROUPS}").is_eu
    assert ApiKey(f"pk-helicone-eu-rl-{GROUPS}").is_eu
    assert not ApiKey(KEY).is_eu
