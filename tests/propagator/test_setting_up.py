"""How the propagator comes into a program: by name, by a file's options, by configure()."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from subprocess import CompletedProcess
from typing import Any

import pytest
from opentelemetry import propagate
from opentelemetry.sdk.trace import TracerProvider

from otel_helisession import Handle, SessionPropagator, configure, current_session, session
from otel_helisession.entry_points.propagator import propagator as entry_point

Python = Callable[..., CompletedProcess[str]]

SAYS = """
import sys, opentelemetry.propagate as p
from otel_helisession import current_session
heavy = [name for name in sys.modules if name.startswith(
    ("opentelemetry.sdk", "opentelemetry.instrumentation", "httpx", "requests"))]
found = current_session(p.extract({"helicone-session-id": "run-1"}))
print(sorted(p.get_global_textmap().fields), found and found.id, heavy)
"""
OURS = [
    "Helicone-Session-Id",
    "Helicone-Session-Name",
    "Helicone-Session-Path",
    "Helicone-User-Id",
]


def test_it_loads_by_name_while_propagate_is_being_imported(run_python: Python) -> None:
    """No circular import, no SDK, nothing heavy."""
    done = run_python(SAYS, OTEL_PROPAGATORS="tracecontext,baggage,helisession")
    fields = [*OURS, "baggage", "traceparent", "tracestate"]
    assert (done.stdout, done.stderr) == (f"{fields} None []\n", "")


def test_alone_and_trusting(run_python: Python) -> None:
    """The variables hold for it."""
    done = run_python(SAYS, OTEL_PROPAGATORS="helisession", HELISESSION_TRUST_INBOUND="true")
    assert (done.stdout, done.stderr) == (f"{OURS} run-1 []\n", "")


def test_it_loads_before_and_after_the_package_and_the_sdk(run_python: Python) -> None:
    """Whichever comes first imports the others."""
    for first in ("otel_helisession.propagator", "opentelemetry.sdk.trace", "otel_helisession"):
        source = f"import {first}\nimport opentelemetry.propagate as p\n"
        done = run_python(
            source + "print(len(p.get_global_textmap().fields))", OTEL_PROPAGATORS="helisession"
        )
        assert (done.stdout, done.stderr) == ("4\n", "")


@pytest.mark.parametrize(
    "variable", ["HELISESSION_ALLOW_HOSTS=https://a.test", "HELISESSION_TRUST_INBOUND=maybe"]
)
def test_a_wrong_variable_switches_it_off_by_name(run_python: Python, variable: str) -> None:
    """One line says why; opentelemetry.propagate loads all the same."""
    name, _, value = variable.partition("=")
    done = run_python(SAYS, OTEL_PROPAGATORS="helisession", **{name: value})
    assert done.stdout == "[] None []\n"
    assert value in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_files_options_reach_it(caplog: pytest.LogCaptureFixture) -> None:
    """Wrong ones switch it off."""
    made = entry_point(allow_hosts=["api.example.com"], trust_inbound=True)
    assert isinstance(made, SessionPropagator)
    assert made.trusts_inbound
    assert entry_point(allow_hots=["a.test"]).fields == set()
    assert "allow_hots" in caplog.text


@pytest.fixture
def configured(provider: TracerProvider) -> Iterator[Callable[..., Handle]]:
    """configure() without exporters and httpx; shut down after the test."""
    before = propagate.get_global_textmap()
    handles: list[Handle] = []

    def make(**options: Any) -> Handle:
        options = {"exporters": ["none"], "httpx": False, "tracer_provider": provider, **options}
        handles.append(configure(**options))
        return handles[-1]

    yield make
    for handle in handles:
        handle.shutdown()
    assert propagate.get_global_textmap() is before


def sent_to(host: str) -> bool:
    """Tell whether a request to *host* gets the session's headers, and traceparent's turn."""
    carrier = {"host": host}
    with session("Trip"):
        propagate.inject(carrier)
    return "Helicone-Session-Id" in carrier


def continued() -> bool:
    """Tell whether inbound headers make a session."""
    return current_session(propagate.extract({"helicone-session-id": "a"})) is not None


def test_configure_puts_it_beside_the_global_one(configured: Callable[..., Handle]) -> None:
    """For Helicone, and for nobody inbound, until it is told more."""
    configured()
    assert sorted(propagate.get_global_textmap().fields) == [
        *OURS,
        "baggage",
        "traceparent",
        "tracestate",
    ]
    assert (sent_to("oai.helicone.ai"), sent_to("a.test"), continued()) == (True, False, False)


def test_configure_takes_hosts_and_trust(configured: Callable[..., Handle]) -> None:
    """Also from an iterable that can be read once; shutdown takes all back."""
    handle = configured(allow_hosts=iter(["a.test"]), trust_inbound=True, httpx=True)
    assert (sent_to("a.test"), continued()) == (True, True)
    handle.shutdown()
    assert (sent_to("a.test"), continued()) == (False, False)


def test_configure_again_replaces_its_settings(configured: Callable[..., Handle]) -> None:
    """As instrument_httpx does; the first handle's shutdown then takes nothing away."""
    first = configured(allow_hosts=["a.test"], trust_inbound=True)
    configured(allow_hosts=["b.test"])
    first.shutdown()
    assert (sent_to("a.test"), sent_to("b.test"), continued()) == (False, True, False)


def test_one_of_ours_that_is_there_stays(
    configured: Callable[..., Handle], propagating: Any
) -> None:
    """By OTEL_PROPAGATORS, say: a second one only adds what configure() is given."""
    propagating(allow_hosts=["a.test"])
    there = propagate.get_global_textmap()
    handle = configured()
    assert propagate.get_global_textmap() is there
    handle.shutdown()
    handle = configured(allow_hosts=["b.test"], trust_inbound=True)
    assert (sent_to("a.test"), sent_to("b.test"), continued()) == (True, True, True)
    handle.shutdown()


def test_the_variables_hold_for_configure(
    configured: Callable[..., Handle], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An argument beats them."""
    monkeypatch.setenv("HELISESSION_ALLOW_HOSTS", "a.test")
    monkeypatch.setenv("HELISESSION_TRUST_INBOUND", "true")
    configured()
    assert (sent_to("a.test"), continued()) == (True, True)
    configured(allow_hosts=[], trust_inbound=False)
    assert (sent_to("a.test"), continued()) == (False, False)


def test_wrong_settings_set_nothing_up(
    configured: Callable[..., Handle], monkeypatch: pytest.MonkeyPatch
) -> None:
    """configure() raises before it touches anything."""
    before = propagate.get_global_textmap()
    for options in ({"allow_hosts": ["a:80"]}, {"allow_hosts": "a.test"}):
        with pytest.raises(ValueError, match="allow_hosts"):
            configured(**options)
    monkeypatch.setenv("HELISESSION_TRUST_INBOUND", "maybe")
    with pytest.raises(ValueError, match="HELISESSION_TRUST_INBOUND"):
        configured()
    assert propagate.get_global_textmap() is before
