"""send(): spans by the stock exporter, and what it was told."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_helisession.delivery.suppression import suppressed
from otel_helisession.diagnosis.otlp import answers
from otel_helisession.diagnosis.otlp.hop import Hop, failed, partly, passed
from otel_helisession.diagnosis.otlp.target import Target
from otel_helisession.extras import installing

if TYPE_CHECKING:
    from requests import Session

_LOGGER: Final = "opentelemetry.exporter.otlp.proto"
"""Where the stock exporters say what went wrong."""

PATIENCE_SECONDS: Final = 20.0
"""How long the exporter may try: twice what it takes by default."""

_CODE: Final = re.compile(r"StatusCode\.([A-Z_]+)")
_DETAILS: Final = re.compile(r"error details: (.*)", re.DOTALL)


class _Said(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def send(target: Target, spans: Sequence[ReadableSpan]) -> Hop:
    """Send *spans* once, by the exporter that a program would use, and say what came of it.

    Takes as long as the exporter tries, 10 seconds by default, and no longer than 20: older
    exporters try for a minute.
    """
    replies: list[Any] = []
    try:
        exporter = target.exporter(_recording(replies) if target.protocol != "grpc" else None)
    except ImportError as error:
        return failed(
            "answer",
            f"The exporter is not installed ({error.name} is missing). Install it with: "
            f"{installing('otlp')}",
        )
    except Exception as error:  # of variables that it reads: a header, a certificate, a timeout
        return failed("answer", f"The exporter cannot be made: {error}.")
    start = time.monotonic()
    with _overheard() as said:
        result = _exported(exporter, spans, said)
    millis = (time.monotonic() - start) * 1_000
    return _verdict(target, result, replies[-1] if replies else None, said, len(spans), millis)


def _exported(
    exporter: SpanExporter, spans: Sequence[ReadableSpan], said: list[str]
) -> SpanExportResult:
    """Export *spans* on a thread, and say what came of it; a failure where that takes too long."""
    results: list[SpanExportResult] = []

    def export() -> None:
        try:
            with suppressed():
                results.append(exporter.export(spans))
        except Exception as error:
            said.append(f"{type(error).__name__}: {error}")
        exporter.shutdown()

    thread = threading.Thread(target=export, name="helisession-probe", daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return results[0] if results else SpanExportResult.FAILURE


def _verdict(
    target: Target, result: SpanExportResult, reply: Any, said: list[str], spans: int, millis: float
) -> Hop:
    if result is SpanExportResult.SUCCESS:
        rejected, why = answers.partial(reply)
        if rejected:
            return partly(
                "answer",
                f"{target.shown} took {spans - rejected} of {spans} spans, and refused {rejected} "
                f"for good: {why or 'it gives no reason'}. Exporters do not send these again.",
            )
        warned = f" It warns: {why}." if why else ""
        return passed(
            "answer", f"{target.shown} accepted {spans} spans in {millis:.0f} ms.{warned}"
        )
    if reply is not None:
        return failed("answer", f"{target.shown} {answers.refusal(reply)}")
    return failed("answer", f"{target.shown} {_failure(target, said)}")


def _failure(target: Target, said: list[str]) -> str:
    """Say why a call of gRPC failed, or one of HTTP that got no answer."""
    for line in reversed(said):
        code = _CODE.search(line)
        if code is not None:
            details = _DETAILS.search(line)
            return answers.grpc_refusal(code[1], details[1].strip() if details else "")
    reason = answers.short(said[-1]) if said else "the exporter does not say why"
    return f"took no spans: {reason}. {answers.other_protocol(target.protocol)}"


def _recording(replies: list[Any]) -> Session:
    """Return what HTTP goes by, and keeps the answers."""
    from requests import Session

    def keep(reply: Any, *_: Any, **__: Any) -> None:
        replies.append(reply)

    session = Session()
    session.hooks["response"].append(keep)
    return session


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Yield what the exporters log in the block, which nobody else hears."""
    handler, logger = _Said(), logging.getLogger(_LOGGER)
    propagates = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates
