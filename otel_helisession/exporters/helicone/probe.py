"""One log that asks Helicone whether it takes logs, for ``helisession doctor helicone``."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Final

from otel_helisession import semconv
from otel_helisession.conventions.operation import Data
from otel_helisession.exporters.helicone.answer import Answer, answer_of
from otel_helisession.exporters.helicone.body import Envelope, encode_body
from otel_helisession.exporters.helicone.connections import Connections
from otel_helisession.exporters.helicone.endpoint import Endpoint
from otel_helisession.exporters.helicone.exchanges import data
from otel_helisession.exporters.helicone.key import ApiKey
from otel_helisession.exporters.helicone.log import Log
from otel_helisession.exporters.helicone.meta import meta
from otel_helisession.exporters.helicone.timing import timing

PROBE_NAME: Final = "otel-helisession doctor"


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of a probe.

    Attributes:
        id: The id of its log.
        answer: What Helicone's answer means.
        millis: How long it took.
    """

    id: str
    answer: Answer
    millis: int


def probe(endpoint: Endpoint, key: ApiKey, *, timeout_seconds: float = 10.0) -> Probe:
    """Send one small log, once, and return what came of it. Never raises for what goes wrong.

    It is a ``data`` row named PROBE_NAME, in a session of its own of that name.
    """
    log = _log(endpoint)
    start = time.monotonic()
    try:
        answer = asyncio.run(_ask(endpoint, key, log, timeout_seconds))
    except (OSError, ValueError) as error:
        sentence = f"could not be reached ({type(error).__name__}: {error})"
        answer = Answer("retry", "network", sentence)
    return Probe(log.id, answer, round((time.monotonic() - start) * 1_000))


async def _ask(endpoint: Endpoint, key: ApiKey, log: Log, timeout: float) -> Answer:
    connections = Connections(endpoint, key)
    try:
        return answer_of(await connections.post(log, timeout), endpoint, key)
    finally:
        connections.close()


def _log(endpoint: Endpoint) -> Log:
    identifier, session, now = str(uuid.uuid4()), str(uuid.uuid4()), time.time_ns()
    exchange = data.exchange(Data(PROBE_NAME, value="a probe; delete it at will"), None)
    attributes = {semconv.SESSION_ID: session, semconv.SESSION_NAME: PROBE_NAME}
    envelope = Envelope(
        flavour=endpoint.flavour,
        provider=endpoint.fixed or "CUSTOM",
        meta=meta(attributes, identifier, exchange.model),
        status=200,
        timing=timing(now, now, None),
    )
    return Log(identifier, endpoint.target(envelope.provider), encode_body(exchange, envelope))
