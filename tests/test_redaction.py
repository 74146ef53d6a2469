"""Keys are masked wherever they are written, and nothing else is."""

from __future__ import annotations

import json

import pytest

from otel_helisession.redaction import MASK, redact, redacted

KEYS = [
    "sk-proj-0000000000000000",
    "sk-ant-api03-0000000000-0000",
    "sk-helicone-0000000-0000000-0000000-0000000",
    "pk-helicone-eu-0000000-0000000-0000000-0000000",
    "Bearer 0000000000000000",
    "gsk_00000000000000000000",
    "AIza" + "0" * 35,
    "AKIA0000000000000000",
    "ghp_" + "0" * 36,
]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_masked_within_text(key: str) -> None:
    """Also within JSON, which stays JSON."""
    assert redact(f"refused: {key}, try again") == f"refused: {MASK}, try again"
    message = json.dumps({"content": f'said "{key}"', "n": 1})
    assert json.loads(redact(message)) == {"content": f'said "{MASK}"', "n": 1}


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://user:pass@host/x", f"https://{MASK}@host/x"),
        ("https://host/x?api_key=0000&page=2", f"https://host/x?{MASK}&page=2"),
        ("https://host/x?page=2&token=0000", f"https://host/x?page=2&{MASK}"),
    ],
)
def test_keys_in_urls_are_masked(url: str, masked: str) -> None:
    """The rest of the URL stays, and so does JSON, and JSON within JSON."""
    assert redact(url) == masked
    nested = json.dumps({"inner": json.dumps({"url": url})})
    assert json.loads(json.loads(redact(nested))["inner"]) == {"url": masked}


@pytest.mark.parametrize(
    "text",
    [
        "two nights, a task-oriented disk-based plan",
        '{"a": "http://x", "b": "me@example.com"}',
        "key=value in a sentence",
        "ask-me-anything, risk-free",
        "",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    """What only resembles a key is no key."""
    assert redact(text) == text


def test_carriers_are_emptied_and_the_rest_is_not_touched() -> None:
    """Only what must change is returned."""
    assert redacted(
        {
            "llm.headers": "{'x': 'y'}",
            "http.request.header.helicone-auth": ("0000",),
            "http.request.header.accept": ("*/*",),
            "gen_ai.input.messages": ({"content": "my key is sk-proj-0000000000000000"},),
            "n": 1,
        }
    ) == {
        "llm.headers": MASK,
        "http.request.header.helicone-auth": MASK,
        "gen_ai.input.messages": ({"content": f"my key is {MASK}"},),
    }
