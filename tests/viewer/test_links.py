"""Links: where the same session and span are in other tools."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from otel_helisession.viewer.links import links


def test_an_address_becomes_a_template() -> None:
    """As each tool spells its pages; with nothing given there is no link."""
    made = links("http://localhost:16686/", None, "https://us.helicone.ai")
    assert made == {
        "jaeger": "http://localhost:16686/trace/{trace_id}?uiFind={span_id}",
        "helicone": "https://us.helicone.ai/sessions/{session_name}/{session_id}",
    }


def test_grafana_opens_the_trace_in_explore() -> None:
    """In its data source ``tempo``."""
    link = links(None, "http://localhost:3000", None)["tempo"].replace("{trace_id}", "abc")
    panes = json.loads(parse_qs(urlsplit(link).query)["panes"][0])
    assert (panes["s"]["queries"][0]["query"], panes["s"]["datasource"]) == ("abc", "tempo")


def test_a_whole_template_is_used_as_it_is() -> None:
    """For a tool behind a path of its own."""
    template = "https://ops.example.com/jaeger/trace/{trace_id}"
    assert links(template, None, None) == {"jaeger": template}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("localhost:16686", "is no address; give one that begins with http:// or https://"),
        ("javascript:alert({trace_id})", "is no address"),
        ("http://x/{trace}", "has braces around something else than {trace_id}, {span_id}"),
    ],
)
def test_a_wrong_address_is_refused(given: str, message: str) -> None:
    """When the viewer starts."""
    with pytest.raises(ValueError, match=message.replace("{", r"\{")):
        links(given, None, None)
