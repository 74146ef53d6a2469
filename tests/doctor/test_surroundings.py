"""diagnose(): which provider, which processors, which propagators."""

from __future__ import annotations

from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from otel_helisession import diagnose, environment
from otel_helisession.diagnosis.result import Diagnosis

Run = Callable[..., CompletedProcess[str]]


def test_a_program_without_a_provider(run_python: Run) -> None:
    """The first thing that is missing is said."""
    done = run_python("from otel_helisession import diagnose; print(diagnose())")
    assert done.stdout == (
        "- Session headers on httpx are off; httpx is not imported.\n"
        "- The global propagator sends baggage, traceparent, tracestate, and no session headers: "
        "clients\n  other than httpx and httpx2 carry none.\n"
        "\nFindings:\n"
        "1. No global TracerProvider is set, so spans are not recorded. Call configure(), or run "
        "the program\n   with: helisession run\n"
    )


def test_a_program_that_is_set_up(run_python: Run) -> None:
    """Nothing is found, and the exporters and hosts are told."""
    done = run_python("""
from otel_helisession import configure, diagnose
configure(exporters=["none"], allow_hosts=["*.example.com", "localhost"])
print(diagnose())
""")
    assert done.stdout == (
        "- The global TracerProvider is opentelemetry.sdk.trace.TracerProvider.\n"
        "- httpx sends session headers to Helicone's hosts and to *.example.com, localhost.\n"
        "- The global propagator sends Helicone's session headers to allowed hosts.\n"
        "\nNo findings.\n"
    )


def test_a_provider_without_a_processor(run_python: Run) -> None:
    """The provider is there, and nobody stamps its spans."""
    done = run_python("""
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from otel_helisession import diagnose
trace.set_tracer_provider(TracerProvider(sampler=ALWAYS_OFF))
print(*diagnose().findings, sep="\\n")
""")
    assert done.stdout.splitlines() == [
        "The sampler drops every span (OTEL_TRACES_SAMPLER=always_off?), so none is recorded. "
        "Requests carry session headers all the same.",
        "There is no SessionSpanProcessor, so no span gets a session. Call configure(), or "
        "provider.add_span_processor(SessionSpanProcessor()).",
    ]


def test_a_provider_that_is_not_the_sdk_s(run_python: Run) -> None:
    """Some libraries set one of their own, which takes no processors."""
    done = run_python("""
from opentelemetry import trace
from otel_helisession import diagnose
class Own(trace.NoOpTracerProvider): pass
trace.set_tracer_provider(Own())
print(diagnose().findings[0])
""")
    assert done.stdout == (
        "The global TracerProvider, __main__.Own, takes no span processors, so its spans have no "
        "session. Set an opentelemetry.sdk.trace.TracerProvider before anything else sets one.\n"
    )


def test_a_second_provider_is_told(run_python: Run) -> None:
    """As Langfuse and others have, beside the global one."""
    done = run_python("""
from opentelemetry.sdk.trace import TracerProvider
from otel_helisession import configure, diagnose
class Theirs(TracerProvider): pass
theirs = Theirs()
configure(exporters=["none"])
print(diagnose().facts[1])
""")
    assert done.stdout == "There are further TracerProviders: __main__.Theirs.\n"


def test_switched_off_is_the_only_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """It explains all the rest."""
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    environment.disabled.cache_clear()
    assert diagnose().findings == (
        "Sessions are switched off by HELISESSION_DISABLED or OTEL_SDK_DISABLED: no span is "
        "stamped and no header is sent. Unset the variable.",
    )


def test_a_diagnosis_is_a_value() -> None:
    """Comparable, with an answer to whether all is well."""
    found = Diagnosis(("It is so.",), ("It is not.",))
    assert found == Diagnosis(("It is so.",), ("It is not.",))
    assert (found.is_healthy, Diagnosis().is_healthy) == (False, True)
    assert str(found) == "- It is so.\n\nFindings:\n1. It is not."
