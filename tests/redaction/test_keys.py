"""Keys are masked wherever they are written, and nothing else is."""

from __future__ import annotations

import json
import time

import pytest

from otel_helisession.redaction import MASK, redact

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMDAwIn0.0000000000000000"
PRIVATE_KEY = (
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n"
    + "MIIE0000+/00\n" * 8
    + "-----END RSA PRIVATE KEY-----"
)
KEYS = [
    "sk-proj-0000000000000000",
    "sk-ant-api03-0000000000-0000",
    "sk-helicone-0000000-0000000-0000000-0000000",
    "pk-helicone-eu-0000000-0000000-0000000-0000000",
    "sk-or-v1-00000000000000000000000000000000",
    "sk-lf-00000000-0000-4000-8000-000000000000",
    "gsk_00000000000000000000",
    "xai-00000000000000000000",
    "hf_00000000000000000000000000000000",
    "r8_00000000000000000000000000000000",
    "AIza" + "0" * 35,
    "ya29.a0000000000000000000000",
    "GOCSPX-0000000000000000000000000000",
    "AKIA0000000000000000",
    "ASIA0000000000000000",
    "ghp_" + "0" * 36,
    "github_pat_" + "0" * 40,
    "glpat-00000000000000000000",
    "xoxb-000000000000-000000000000-000000000000000000000000",
    "sk_live_000000000000000000000000",
    "npm_" + "0" * 36,
    "pcsk_" + "0" * 40,
    "SG.0000000000000000000000.0000000000000000000000000000000000000000000",
    "0008Q~0000000000000000000000000000000000",
    JWT,
    PRIVATE_KEY,
]
NAMES = [key[:12] for key in KEYS]


@pytest.mark.parametrize("key", KEYS, ids=NAMES)
@pytest.mark.parametrize("padding", ["", " of many words" * 20], ids=["short", "long"])
def test_a_key_is_masked_within_text(key: str, padding: str) -> None:
    """In a line, at its start, and between quotes; the rest stays."""
    assert redact(f"refused: {key}, try again{padding}") == f"refused: {MASK}, try again{padding}"
    assert redact(f'{key}"{padding}') == f'{MASK}"{padding}'


@pytest.mark.parametrize("token", ["0000000000000000", "abcdefghijklmnopq", "a.b-c_d~e+f/g0=="])
@pytest.mark.parametrize("padding", ["", " of many words" * 20], ids=["short", "long"])
def test_what_a_bearer_bears_is_masked(token: str, padding: str) -> None:
    """Whatever it looks like; the scheme stays."""
    assert redact(f"Bearer {token}{padding}") == f"Bearer {MASK}{padding}"
    assert redact(f'"bearer  {token}"{padding}') == f'"bearer {MASK}"{padding}'


@pytest.mark.parametrize("key", KEYS, ids=NAMES)
def test_json_stays_json(key: str) -> None:
    """Also where a key follows an escape, and in JSON within JSON."""
    said = {"content": f'said:\n{key}\tor "{key}"', "n": 1}
    masked = {"content": f'said:\n{MASK}\tor "{MASK}"', "n": 1}
    assert json.loads(redact(json.dumps(said))) == masked
    nested = json.dumps({"arguments": json.dumps({"inner": json.dumps(said)})})
    inner = json.loads(json.loads(json.loads(redact(nested))["arguments"])["inner"])
    assert inner == masked


@pytest.mark.parametrize(
    "text",
    [
        "two nights, a task-oriented disk-based plan for the desk-less",
        '{"a": "http://x", "b": "me@example.com"}',
        "key=value in a sentence",
        "ask-me-anything, risk-free",
        "sk-learn and sk-lego",
        "the bearer of this letter, and basic understanding of bearer tokens",
        "chatcmpl-00000000000000000000 call_0000000000000000 msg_00000000000000000000",
        "00000000-0000-4000-8000-000000000000",
        "https://github.com/a/b?page=2#keys",
        "def f(key=None, *, token: str = '', password=getpass()): ...",
        '{"logprobs": [{"token": "Hello", "logprob": -0.1}]}',
        '{"required": ["email", "password", "name"], "password": {"type": "string"}}',
        "AIDA and AKIA are no keys",
        "",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    """What only resembles a key is no key, in a short text and in a long one."""
    assert redact(text) == text
    long = " ".join([text] * 30)
    assert redact(long) == long


@pytest.mark.parametrize(
    "hostile",
    [
        "sk-" * 300_000,
        "sk-a" * 200_000,
        "eyJ" * 300_000 + ".eyJ",
        "-----BEGIN PRIVATE KEY-----" * 30_000,
        "https://" * 100_000 + "@",
        "://a:" * 200_000 + "@",
        '"' * 1_000_000 + 'api_key"',
        '\\"api_key\\":' * 80_000,
        "a_" * 400_000 + "api_key=",
        "authorization: " * 60_000,
        "Bearer " * 140_000,
        "?key=" * 200_000,
        "SECRET" * 150_000 + "=",
        "_key" * 250_000 + '"',
    ],
    ids=lambda text: text[:12],
)
def test_a_megabyte_made_to_be_slow_is_not(hostile: str) -> None:
    """Every search is linear in the length: the time of a second is far more than it takes."""
    before = time.thread_time()
    redact(hostile)
    assert time.thread_time() - before < 3
