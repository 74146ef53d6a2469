"""A value goes when its name says that it is a secret, in every way in which pairs are written."""

from __future__ import annotations

import json
import re

import pytest

from otel_helisession.redaction import MASK, redact, redact_query

HEADERS = {
    "authorization": "Basic dXNlcjpwYXNz",
    "Proxy-Authorization": "hunter2",
    "x-api-key": "hunter2",
    "api-key": "hunter2",
    "X-Goog-Api-Key": "hunter2",
    "Helicone-Auth": "hunter2",
    "cookie": "a=hunter2; b=1",
    "Set-Cookie": "hunter2",
    "x-amz-security-token": "hunter2",
    "ocp-apim-subscription-key": "hunter2",
}
SETTINGS = {
    "api_key": "hunter2",
    "apiKey": "hunter2",
    "OPENAI_API_KEY": "hunter2",
    "password": 'hun"ter\\2',
    "db_passwd": "hunter2",
    "client_secret": "hunter2",
    "secretAccessKey": "hunter2",
    "accessToken": "hunter2",
    "refresh_token": "hunter2",
    "private_key": "hunter2",
}
HARMLESS = {"accept": "*/*", "model": "gpt-5-mini", "max_tokens": "300", "next": "token"}


@pytest.mark.parametrize("name", [*HEADERS, *SETTINGS])
def test_json_keeps_its_shape_and_loses_the_value(name: str) -> None:
    """On any level of JSON in JSON, whatever stands beside it."""
    said = {**HARMLESS, name: {**HEADERS, **SETTINGS}[name]}
    masked = {**HARMLESS, name: MASK}
    text, again = json.dumps(said), json.dumps({"headers": json.dumps(said, indent=1)})
    assert json.loads(redact(text)) == masked
    if name != "password":  # a quote in it: then its rest is no value any more
        assert json.loads(json.loads(redact(again))["headers"]) == masked


@pytest.mark.parametrize("name", HEADERS)
def test_headers_go_as_lists_and_as_python_prints_them(name: str) -> None:
    """A dict, pairs, lists of values, and lines."""
    secret = HEADERS[name]
    for text in (
        repr({"x": 1, name: secret}),
        repr([("accept", "*/*"), (name, secret)]),
        repr([(name.encode(), secret.encode())]),
        json.dumps([["accept", "*/*"], [name, secret]]),
        json.dumps({"headers": {name: [secret]}}),
        f"curl -H '{name}: {secret.replace('; b=1', '')}' https://host/",
    ):
        assert not re.search("hunter2|dXNlcjpwYXNz", redact(text)), text
        assert MASK in redact(text)


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://user:pass@host/x", "https://REDACTED:REDACTED@host/x"),
        ("postgres://user:pass@host:5432/x", "postgres://REDACTED:REDACTED@host:5432/x"),
        ("https://host/x?api_key=0000&page=2", "https://host/x?api_key=REDACTED&page=2"),
        ("https://host/x?page=2&token=0000", "https://host/x?page=2&token=REDACTED"),
        ("/v1?key=0000", "/v1?key=REDACTED"),
        ("https://a.blob.core/x?sv=1&sig=0%2F0", "https://a.blob.core/x?sv=1&sig=REDACTED"),
        ("https://s3/x?X-Amz-Signature=00&a=b", "https://s3/x?X-Amz-Signature=REDACTED&a=b"),
        ("https://s3/x?AWSAccessKeyId=00&a=b", "https://s3/x?AWSAccessKeyId=REDACTED&a=b"),
        ("https://host/x#access_token=0000", "https://host/x#access_token=REDACTED"),
    ],
)
def test_keys_in_urls_are_masked(url: str, masked: str) -> None:
    """It stays a URL, and JSON, and JSON within JSON."""
    assert redact(url) == masked
    nested = json.dumps({"inner": json.dumps({"url": url})})
    assert json.loads(json.loads(redact(nested))["inner"]) == {"url": masked}


def test_a_query_alone_may_begin_with_a_key() -> None:
    """url.query has no question mark; a sentence that begins like one is none."""
    assert redact_query("key=0000&page=2") == "key=REDACTED&page=2"
    assert redact("key=0000 is a setting") == "key=0000 is a setting"


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("OPENAI_API_KEY=hunter2", f"OPENAI_API_KEY={MASK}"),
        ("export DB_PASSWORD='hunter2'", f"export DB_PASSWORD='{MASK}'"),
        ("AccountKey=hunter2==;EndpointSuffix=x", f"AccountKey={MASK};EndpointSuffix=x"),
        ("aws_secret_access_key = hunter2", f"aws_secret_access_key = {MASK}"),
        ("authorization: Basic dXNlcjpwYXNz0", f"authorization: Basic {MASK}"),
    ],
)
def test_settings_and_lines_are_masked(line: str, masked: str) -> None:
    """As they stand in files, shells and error messages."""
    assert redact(line) == masked
    assert redact(f"{line}\n" + "word " * 30) == f"{masked}\n" + "word " * 30
