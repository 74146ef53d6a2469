"""Some attributes are secret by their name, and headers unless they are known to be harmless."""

from __future__ import annotations

import pytest

from otel_helisession.redaction import treatment


@pytest.mark.parametrize(
    "name",
    [
        "llm.headers",
        "gen_ai.headers",
        "gen_ai.request.headers",
        "http.request.header.authorization",
        "http.request.header.x-api-key",
        "http.request.header.x_api_key",
        "http.request.header.x-acme-anything",
        "http.response.header.set-cookie",
        "ai.request.headers.Authorization",
        "ai.request.headers.helicone-auth",
        "rpc.grpc.request.metadata.authorization",
        "rpc.request.metadata.x-auth-token",
        "gen_ai.openai.api_key",
        "app.password",
        "aws.secretAccessKey",
        "user.access_token",
        "user.token",
    ],
)
def test_secret_names(name: str) -> None:
    """In the spelling of each convention."""
    assert treatment(name) == "masked"


@pytest.mark.parametrize(
    "name",
    [
        "http.request.header.accept",
        "http.request.header.content-type",
        "http.request.header.x-request-id",
        "http.request.header.helicone-session-id",
        "http.response.header.retry-after",
        "ai.request.headers.user-agent",
        "rpc.grpc.request.metadata.tenant",
        "gen_ai.usage.total_tokens",
        "gen_ai.request.max_tokens",
        "llm.token_count.prompt",
        "db.operation.key",
        "crew_key",
        "",
        "...",
    ],
)
def test_ordinary_names(name: str) -> None:
    """Counts of tokens are no tokens, and headers that everybody knows are no secrets."""
    assert treatment(name) == "plain"


def test_a_query_is_treated_as_one() -> None:
    """It has no question mark of its own."""
    assert treatment("url.query") == "query"
