"""Which hosts may be told a session."""

from __future__ import annotations

import pytest

from otel_helisession.sessions.hosts import AllowedHosts


@pytest.mark.parametrize(
    "host",
    [
        "api.example.com",
        "API.Example.COM",
        "api.example.com.",
        "a.lab.test",
        "a.b.lab.test",
        "bücher.example",
        "xn--bcher-kva.example",
        "127.0.0.1",
        "::1",
        "[0:0:0:0:0:0:0:1]",
        "helicone.ai",
        "ai-gateway.helicone.ai",
        "oai.hconeai.com",
    ],
)
def test_listed_hosts_and_helicones_own_are_allowed_however_they_are_written(host: str) -> None:
    """Case, a trailing dot, IDNA and the form of an IP address make no difference."""
    hosts = AllowedHosts.of(
        ["api.example.com", "*.lab.test", "Bücher.example", "127.0.0.1", "[::1]"]
    )
    assert hosts.allows(host)


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "x.api.example.com",
        "lab.test",
        "evillab.test",
        "helicone.ai.evil.test",
        "nothelicone.ai",
        "127.0.0.2",
        "::2",
        "",
        ".",
        "a b",
        "\x00",
        "…",
    ],
)
def test_anything_else_is_not_allowed(host: str) -> None:
    """A name is allowed whole, a wildcard below its dot; nonsense is no host."""
    hosts = AllowedHosts.of(["api.example.com", "*.lab.test", "127.0.0.1", "::1"])
    assert not hosts.allows(host)


@pytest.mark.parametrize(
    "host",
    [
        "https://api.example.com",
        "api.example.com:8080",
        "[::1]:80",
        "api.example.com/v1",
        "*",
        "*.",
        "*.*.example.com",
        "*.127.0.0.1",
        "user@example.com",
        "a..b",
        "-a.example",
        "",
        " ",
        "a b",
        None,
        7,
        b"api.example.com",
    ],
)
def test_what_is_no_host_name_is_refused_with_a_sentence(host: object) -> None:
    """The error says what was given, what is accepted and what to do."""
    with pytest.raises(ValueError, match=r"allow_hosts has .*; accepted are host names") as caught:
        AllowedHosts.of([host])  # type: ignore[list-item]
    assert repr(host) in str(caught.value)


def test_a_single_text_is_refused_because_its_letters_would_be_the_hosts() -> None:
    """The message shows the list to write instead."""
    with pytest.raises(ValueError, match=r"give a sequence of host names: \['a.test'\]"):
        AllowedHosts.of("a.test")
