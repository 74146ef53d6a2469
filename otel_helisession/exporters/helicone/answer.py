"""What an answer of Helicone's means: accepted, to be tried again, or refused, and why.

A 200 is no proof: the worker answers an unknown key with 200 and an error in JSON.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from otel_helisession.exporters.helicone.endpoint import JAWN_PATH, WORKER_PATH, Endpoint
from otel_helisession.exporters.helicone.key import ApiKey
from otel_helisession.redaction import redact

Verdict = Literal["accepted", "retry", "refused"]

MAX_SERVER_ERRORS: Final = 4
"""Most attempts that may end in a 5xx: a Jawn also answers 500 to a log that it cannot read."""

MAX_RETRY_AFTER_SECONDS: Final = 60.0
"""The longest pause that a ``Retry-After`` gets: the breaker's. A date far away, from a clock that
is wrong on either side, would silence the exporter for good."""

RATE_LIMITED: Final = "limits the rate of logs (429)"

_SHOWN_CHARS: Final = 200
_READ_CHARS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: its status, body, and the headers that matter."""

    status: int
    body: bytes = b""
    helicone_id: str | None = None
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reply means.

    Attributes:
        verdict: What to do.
        cause: Which of few causes; one log line each.
        sentence: What happened, and what to do about it.
        retry_after: Seconds that Helicone asks to wait.
        hopeless: Whether every other log would be refused, too: the key or the URL is wrong.
    """

    verdict: Verdict
    cause: str = ""
    sentence: str = ""
    retry_after: float | None = None
    hopeless: bool = False


ACCEPTED: Final = Answer("accepted")


def answer_of(reply: Reply, endpoint: Endpoint, key: ApiKey) -> Answer:
    """Return what *reply* means. Its text is shown only as far as it cannot hold the key."""
    if reply.status == 200:
        return _of_success(reply, endpoint, key)
    said = _said(reply, key)
    if reply.status in (401, 403):
        return Answer("refused", "key", _key_refused(endpoint, key, said), hopeless=True)
    if reply.status in (404, 405) or 300 <= reply.status < 400:
        return Answer("refused", "url", _wrong_url(endpoint, reply.status), hopeless=True)
    if reply.status == 429:
        return Answer("retry", "429", RATE_LIMITED + said, _seconds(reply.retry_after))
    if reply.status == 408 or reply.status >= 500:
        return Answer(
            "retry",
            str(reply.status),
            f"answered {reply.status}{said}. On a self-hosted Helicone its own log says more",
            _seconds(reply.retry_after),
        )
    if reply.status == 413:
        return Answer("refused", "413", "refused a log as too large (413)")
    return Answer("refused", str(reply.status), _bad_log(endpoint, reply.status, said))


def _of_success(reply: Reply, endpoint: Endpoint, key: ApiKey) -> Answer:
    text = reply.body.strip()
    if endpoint.flavour == "worker":
        if text == b"ok" and reply.helicone_id:
            return ACCEPTED
    elif not text:
        return ACCEPTED
    if _error_text(reply.body) is not None:
        sentence = _key_refused(endpoint, key, _said(reply, key))
        return Answer("refused", "key", sentence, hopeless=True)
    expected = "'ok' and a helicone-id" if endpoint.flavour == "worker" else "an empty body"
    return Answer(
        "refused",
        "not-helicone",
        f"answered 200, but with {_shown(text, key)!r} in place of "
        f"{expected}: is this Helicone's logging endpoint? The cloud's is {WORKER_PATH}, a "
        f"self-hosted image's {JAWN_PATH}",
        hopeless=True,
    )


def _key_refused(endpoint: Endpoint, key: ApiKey, said: str) -> str:
    right = endpoint.other_region(key)
    if right is not None:
        side = "an EU" if key.is_eu else "a US"
        return f"refused the API key{said}. It is {side} key: set the endpoint to {right}"
    return (
        f"refused the API key{said}. Check HELICONE_API_KEY: that the key exists in this "
        "Helicone's settings, may write, and belongs to this region (EU keys start with "
        "sk-helicone-eu-)"
    )


def _wrong_url(endpoint: Endpoint, status: int) -> str:
    said = f"has no logging endpoint at this URL ({status})"
    if endpoint.flavour == "worker":
        return (
            f"{said}. A self-hosted image has no worker: set the endpoint to "
            f"{endpoint.origin}{JAWN_PATH} (port 8585 of the image)"
        )
    return f"{said}. A Jawn takes logs at {JAWN_PATH}, a worker at {WORKER_PATH}"


def _bad_log(endpoint: Endpoint, status: int, said: str) -> str:
    if "/typed" in endpoint.url:
        return f"refused a log ({status}){said}. Set the endpoint to {endpoint.origin}{JAWN_PATH}"
    return (
        f"refused a log ({status}){said}. Please report this to otel-helisession with the text "
        "above"
    )


def _error_text(body: bytes) -> str | None:
    """Return the error that a JSON body names; None when it names none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not said.get("error"):
        return None
    return said["error"] if isinstance(said["error"], str) else json.dumps(said["error"])


def _said(reply: Reply, key: ApiKey) -> str:
    text = _shown(_error_text(reply.body) or reply.body, key)
    return f": {text!r}" if text else ""


def _shown(said: str | bytes, key: ApiKey) -> str:
    """Return the start of what was *said*, on one line, without the key or other secrets."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = " ".join(text[:_READ_CHARS].replace(key.value, "[key]").split())
    return redact(text)[:_SHOWN_CHARS]


def _seconds(retry_after: str | None) -> float | None:
    """Return how long ``Retry-After``, seconds or a date, asks to wait, up to
    :data:`MAX_RETRY_AFTER_SECONDS`; None when unreadable."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(retry_after).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return min(max(0.0, seconds), MAX_RETRY_AFTER_SECONDS) if seconds < float("inf") else None
