"""A missing extra is said with what to type, in one place for all messages."""

from __future__ import annotations

import sys

import pytest

import otel_helisession
from otel_helisession import extras


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0.1.0", 'pip install "otel-helisession[otlp]"'),
        (
            "0.1.0.dev0",
            'pip install "otel-helisession[otlp]" (in a checkout: pip install -e ".[otlp]")',
        ),
    ],
)
def test_before_a_release_a_checkout_is_named(
    monkeypatch: pytest.MonkeyPatch, version: str, said: str
) -> None:
    """Nothing is in an index until then."""
    monkeypatch.setattr(extras, "__version__", version)
    assert extras.installing("otlp") == said


def test_a_fast_exporter_without_its_extra_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is imported."""
    name = "otel_helisession.exporters.fast_otlp"
    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(ImportError) as caught:
        otel_helisession.__getattr__("FastOTLPSpanExporter")
    assert str(caught.value) == (
        f"FastOTLPSpanExporter needs an extra: {extras.installing('otlp')}"
    )
