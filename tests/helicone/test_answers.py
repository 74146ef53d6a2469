"""What Helicone's answers mean, and the one line that each cause is worth."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SpanExportResult

from otel_helisession.exporters.helicone import HeliconeSpanExporter
from otel_helisession.exporters.helicone.answer import Reply, answer_of
from otel_helisession.exporters.helicone.batch import Tally
from otel_helisession.exporters.helicone.endpoint import Endpoint
from otel_helisession.exporters.helicone.key import ApiKey
from otel_helisession.exporters.helicone.refusals import REFUSALS_BEFORE_PAUSE
from tests.helicone.conftest import MakeExporter
from tests.helicone.endpoint import KEY, FakeHelicone
from tests.helicone.spans import llm, tool

FAILURE, SUCCESS = SpanExportResult.FAILURE, SpanExportResult.SUCCESS

LEAK = b'{"error": "API Key sk-helicone-0000000-0000000-0000000-0000000 is not well formed"}'


@pytest.mark.parametrize(
    ("fault", "texts"),
    [
        ("error", ["refused the API key: 'Auth failed! Key not found'", "Check HELICONE_API_KEY"]),
        ((401, {}, LEAK), ["refused the API key: 'API Key [key] is", "Check HELICONE_API_KEY"]),
        (403, ["refused the API key", "may write"]),
        (404, ["no logging endpoint at this URL (404)", "/v1/trace/custom/log (port 8585"]),
        ((307, {"location": "https://us.helicone.ai"}, b""), ["no logging endpoint at this URL"]),
        ((400, {}, b'{"error":"startTime cannot be"}'), ["refused a log (400): 'startTime"]),
        ((400, {}, b"Payload too large"), ["(400): 'Payload too large'"]),
        (413, ["too large (413)"]),
        ((422, {}, b'{"message":"Validation Failed"}'), ["refused a log (422)", "Validation"]),
        ((200, {}, b"ok"), ["answered 200, but with 'ok' in place of 'ok' and a helicone-id"]),
        ((200, {}, b"<html>hello"), ["is this Helicone's logging endpoint?"]),
        ((200, {"helicone-id": "x"}, b""), ["in place of 'ok' and a helicone-id"]),
        ((204, {}, b""), ["refused a log (204)"]),
    ],
)
def test_what_is_refused_is_not_tried_again(
    worker: FakeHelicone,
    exporter: MakeExporter,
    caplog: pytest.LogCaptureFixture,
    fault: Any,
    texts: list[str],
) -> None:
    """Each is dropped and counted, and one line says what to do, without the key."""
    worker.always = fault
    refused = exporter(worker)
    assert refused.export([llm(), tool(), llm()]) is FAILURE
    assert refused.export([llm()]) is FAILURE
    assert (len(worker.arrivals), refused.tally) == (4, Tally(0, 4))
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert worker.url in record.getMessage()
    assert [text for text in texts if text not in record.getMessage()] == []
    assert "0000000" not in caplog.text


def test_jawns_empty_answer_is_an_acceptance(jawn: FakeHelicone, exporter: MakeExporter) -> None:
    """It has nothing more to say; anything else is none."""
    assert exporter(jawn).export([llm()]) is SUCCESS
    jawn.always = (200, {}, b"ok")
    assert exporter(jawn).export([llm()]) is FAILURE


def test_the_self_hosted_image_has_no_worker(
    jawn: FakeHelicone, caplog: pytest.LogCaptureFixture
) -> None:
    """Its 404 on /custom/v1/log is answered with the URL that it does have."""
    wrong = HeliconeSpanExporter(KEY, f"{jawn.origin}/custom/v1/log")
    assert wrong.export([llm()]) is FAILURE
    wrong.shutdown()
    assert f"set the endpoint to {jawn.url} " in caplog.records[0].getMessage()


@pytest.mark.parametrize(
    ("host", "prefix", "right"),
    [
        ("api.helicone.ai", "sk-helicone-eu", "an EU key: set the endpoint to https://eu.api."),
        ("eu.api.helicone.ai", "sk-helicone", "a US key: set the endpoint to https://api."),
    ],
)
def test_a_wrong_region_is_named(host: str, prefix: str, right: str) -> None:
    """A key of one region is unknown in the other."""
    key = ApiKey(KEY.replace("sk-helicone", prefix))
    endpoint = Endpoint.given(f"https://{host}/v1/trace/custom/log")
    answer = answer_of(Reply(401, b'{"error":"x","trace":"isAuthenticated.error"}'), endpoint, key)
    assert (answer.verdict, answer.hopeless) == ("refused", True)
    assert right in answer.sentence


@pytest.mark.parametrize(
    ("reply", "cause", "after"),
    [
        (Reply(408), "408", None),
        (Reply(429), "429", None),
        (Reply(429, retry_after="7"), "429", 7.0),
        (Reply(429, retry_after="-3"), "429", 0.0),
        (Reply(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), "429", 0.0),
        (Reply(429, retry_after="86400"), "429", 60.0),
        (Reply(429, retry_after="Fri, 31 Dec 9999 23:59:59 GMT"), "429", 60.0),
        (Reply(429, retry_after="soon"), "429", None),
        (Reply(429, retry_after="inf"), "429", None),
        (Reply(500), "500", None),
        (Reply(503, retry_after="2"), "503", 2.0),
        (Reply(529), "529", None),
    ],
)
def test_what_is_tried_again(reply: Reply, cause: str, after: float | None) -> None:
    """Overload and faults of the server, and when it asks for it."""
    answer = answer_of(reply, Endpoint.cloud(), ApiKey(KEY))
    assert (answer.verdict, answer.cause, answer.retry_after) == ("retry", cause, after)


def test_after_a_round_of_refusals_nothing_is_sent_for_a_minute(
    worker: FakeHelicone, exporter: MakeExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking on is noise; what comes is dropped and counted, and then one log asks again."""
    worker.always = "error"
    refused = exporter(worker, max_connections=1)
    assert refused.export([llm() for _ in range(REFUSALS_BEFORE_PAUSE + 10)]) is FAILURE
    assert len(worker.arrivals) == REFUSALS_BEFORE_PAUSE
    assert refused.tally == Tally(0, REFUSALS_BEFORE_PAUSE + 10)
    worker.always = None
    assert refused.export([llm()]) is FAILURE
    refused._sender._refusals.paused_until = 0.0  # a minute later
    assert refused.export([llm()]) is SUCCESS
    assert len(worker.arrivals) == REFUSALS_BEFORE_PAUSE + 1


def test_a_log_that_was_accepted_ends_the_row(worker: FakeHelicone, exporter: MakeExporter) -> None:
    """Refusals here and there never pause anything."""
    worker.faults = (["error"] * (REFUSALS_BEFORE_PAUSE - 1) + [None]) * 2
    exporter(worker, max_connections=1).export(
        [llm() for _ in range(2 * REFUSALS_BEFORE_PAUSE + 1)]
    )
    assert len(worker.arrivals) == 2 * REFUSALS_BEFORE_PAUSE + 1
