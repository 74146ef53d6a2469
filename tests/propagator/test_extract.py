"""Which session an inbound request continues: none, unless it is trusted."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry import baggage
from opentelemetry.context import Context, set_value
from opentelemetry.propagators.textmap import Getter

from otel_helisession import Session, SessionPropagator, current_session, session
from otel_helisession.sessions.path import MAX_DEPTH, MAX_PATH_CHARS
from otel_helisession.sessions.text import MAX_ID_CHARS, MAX_NAME_CHARS

HEADERS = {
    "Helicone-Session-Id": "run-1",
    "Helicone-Session-Path": "/trip/find",
    "Helicone-Session-Name": "Trip",
    "Helicone-User-Id": "u",
    "Helicone-Property-Plan": "pro",
}
TRUSTING = SessionPropagator(trust_inbound=True)


def extracted(headers: Any, **options: Any) -> Session | None:
    """Return the session that *headers* bring."""
    return current_session(TRUSTING.extract(headers, **options))


def test_untrusted_headers_change_nothing() -> None:
    """Anybody can send them."""
    context = set_value("key", "value", Context())
    assert SessionPropagator().extract(HEADERS, context) is context
    assert SessionPropagator().extract(HEADERS) == {}


def test_trusted_headers_are_continued() -> None:
    """As they were sent; the rest of the context stays."""
    context = TRUSTING.extract(HEADERS, set_value("key", "value", Context()))
    assert current_session(context) == Session(
        "Trip", id="run-1", path="/trip/find", user_id="u", properties={"plan": "pro"}
    )
    assert context["key"] == "value"


def test_what_inject_writes_extract_reads() -> None:
    """Whatever the characters."""
    carrier = {"host": "oai.helicone.ai"}
    sent = {"name": "Reise 100%25 🧳", "id": "größe", "path": "/ü/a b", "user_id": "ü"}
    with session(**sent) as ours:  # type: ignore[arg-type]
        TRUSTING.inject(carrier)
    assert extracted(carrier) == ours


@pytest.mark.parametrize("write", [str.lower, str.upper, str.title])
def test_names_are_read_in_any_case(write: Any) -> None:
    """HTTP/2 and gRPC write them in lower case."""
    found = extracted({write(name): value for name, value in HEADERS.items()})
    assert found == extracted(HEADERS)


class _Unlisted(Getter[dict[str, str]]):
    """A getter that finds, but does not list, as Celery's."""

    def get(self, carrier: dict[str, str], key: str) -> list[str] | None:
        return [carrier[key]] if key in carrier else None

    def keys(self, carrier: dict[str, str]) -> list[str]:
        return []


@pytest.mark.parametrize("write", [str, str.lower])
def test_a_getter_that_lists_nothing_finds_the_fixed_names(write: Any) -> None:
    """Properties have no fixed names, so they are lost on this way."""
    carrier = {write(name): value for name, value in HEADERS.items()}
    found = extracted(carrier, getter=_Unlisted())
    assert found == Session("Trip", id="run-1", path="/trip/find", user_id="u")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Helicone-Session-Path": "/trip", "Helicone-Session-Name": "Trip"},
        {"Helicone-Session-Id": ""},
        {"Helicone-Session-Id": " \t"},
        {"Helicone-Session-Id": "%00%0d%0a"},
        {"Helicone-Session-Id": ["a", "b"]},
        {"Helicone-Session-Id": []},
        {"Helicone-Session-Id": [7]},
        {"x-session-id": "a", "baggage": "session.id=a", "session.id": "a"},
    ],
)
def test_without_a_usable_id_the_context_is_unchanged(headers: Any) -> None:
    """Missing, empty, made of control characters, or two at once."""
    context = set_value("key", "value", Context())
    assert TRUSTING.extract(headers, context) is context


@pytest.mark.parametrize("carrier", [None, 7, object()])
def test_a_carrier_that_is_none_is_survived(carrier: Any, lenient: None) -> None:
    """With the context as it was."""
    context = set_value("key", "value", Context())
    assert TRUSTING.extract(carrier, context) is context


def test_hostile_values_are_cleaned() -> None:
    """Line breaks, dots in paths, escapes, long values: never refused, always bounded."""
    found = extracted(
        {
            "Helicone-Session-Id": "run\r\n1%0d%0aX: y",
            "Helicone-Session-Path": "../../etc//passwd/%2e%2e/\x00./a%2Fb\\c/",
            "Helicone-Session-Name": "%F0%9F%A7%B3 <script>%ff",
            "Helicone-User-Id": "%",
            "Helicone-Property-\r\nEvil": "1",
            "Helicone-Property-": "2",
        }
    )
    assert found == Session(
        "🧳 <script>\ufffd",
        id="run1X: y",
        path="/etc/passwd/a/b\\c",
        user_id="%",
        properties={"evil": "1"},
    )


def test_long_values_are_bounded() -> None:
    """Ids stay different, paths keep their start, properties are few."""
    long = {name: "/".join(["x" * 99] * 101) for name in HEADERS}
    long |= {f"Helicone-Property-{number}": "y" * 10_000 for number in range(200)}
    found = extracted(long)
    assert found is not None
    assert len(found.id) == MAX_ID_CHARS
    assert len(found.path) <= MAX_PATH_CHARS
    assert found.path.count("/") <= MAX_DEPTH
    assert len(found.name) == MAX_NAME_CHARS
    assert len(found.properties) <= 32
    assert max(map(len, found.properties.values())) == 500


def test_baggage_is_neither_written_nor_read() -> None:
    """It would travel on to everybody."""
    carrier = {"host": "oai.helicone.ai"}
    with session("Trip"):
        TRUSTING.inject(carrier)
    context = TRUSTING.extract({**HEADERS, "baggage": "session.id=evil"})
    assert "baggage" not in carrier
    assert baggage.get_all(context) == {}


@pytest.mark.parametrize(
    ("variable", "trusts"), [(None, False), ("true", True), ("0", False), ("", False)]
)
def test_the_variable_says_whether_to_trust(
    monkeypatch: pytest.MonkeyPatch, variable: str | None, trusts: bool
) -> None:
    """And an argument beats it."""
    if variable is not None:
        monkeypatch.setenv("HELISESSION_TRUST_INBOUND", variable)
    assert SessionPropagator().trusts_inbound is trusts
    assert SessionPropagator(trust_inbound=not trusts).trusts_inbound is not trusts


def test_hosts_come_from_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """And an argument beats it, also an empty one."""
    monkeypatch.setenv("HELISESSION_ALLOW_HOSTS", "api.example.com, *.lab.test")
    for options, told in (({}, True), ({"allow_hosts": []}, False)):
        carrier = {"host": "eu.lab.test"}
        with session("Trip"):
            SessionPropagator(**options).inject(carrier)
        assert ("Helicone-Session-Id" in carrier) is told


def test_wrong_settings_raise_where_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what was given and what is accepted."""
    with pytest.raises(ValueError, match=r"allow_hosts has 'https://a\.test'; accepted are"):
        SessionPropagator(allow_hosts=["https://a.test"])
    with pytest.raises(TypeError, match="trust_inbound must be True, False or None, not str"):
        SessionPropagator(trust_inbound="yes")  # type: ignore[arg-type]
    monkeypatch.setenv("HELISESSION_TRUST_INBOUND", "maybe")
    with pytest.raises(ValueError, match="HELISESSION_TRUST_INBOUND is 'maybe'; set it to"):
        SessionPropagator()
