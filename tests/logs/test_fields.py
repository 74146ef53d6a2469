"""instrument_logging(): records of logging carry the session, for format strings."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from otel_helisession import (
    configure,
    environment,
    instrument_logging,
    session,
    step,
    uninstrument_logging,
)
from tests.logs.conftest import Logs

FORMAT = "[%(helisession_id)s|%(helisession_path)s|%(helisession_name)s] %(message)s"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a root handler with a format string of ours writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_format_strings_show_the_session(lines: io.StringIO, logger: logging.Logger) -> None:
    """Also of records that have none, whose fields are empty."""
    instrument_logging()
    logger.info("before")
    with session("Trip – ü", id="s", path="/trip"), step("pack"):
        logger.info("socks")
    assert lines.getvalue() == "[||] before\n[s|/trip/pack|Trip – ü] socks\n"


def test_calling_it_twice_is_calling_it_once(logger: logging.Logger) -> None:
    """The factory is wrapped once, and uninstrumenting puts back what was there."""
    before = logging.getLogRecordFactory()
    instrument_logging()
    once = logging.getLogRecordFactory()
    instrument_logging()
    assert logging.getLogRecordFactory() is once
    uninstrument_logging()
    assert logging.getLogRecordFactory() is before
    uninstrument_logging()


def test_a_factory_of_the_user_s_is_kept(logger: logging.Logger) -> None:
    """Below ours it makes the record; above ours it stays when we leave."""
    original = logging.getLogRecordFactory()

    class Own(logging.LogRecord):
        """The user's."""

    logging.setLogRecordFactory(Own)
    instrument_logging()
    ours = logging.getLogRecordFactory()
    logging.setLogRecordFactory(lambda *args, **kwargs: ours(*args, **kwargs))
    with session("Trip", id="s"):
        record = logger.makeRecord("agent", 20, "f", 1, "m", (), None)
        uninstrument_logging()
        later = logger.makeRecord("agent", 20, "f", 1, "m", (), None)
    logging.setLogRecordFactory(original)
    assert isinstance(record, Own)
    assert record.__dict__["helisession_id"] == "s"
    assert "helisession_id" not in later.__dict__


def test_switched_off_the_fields_are_there_and_empty(
    lines: io.StringIO, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A format string must not break because somebody threw the switch."""
    monkeypatch.setenv("HELISESSION_DISABLED", "true")
    environment.disabled.cache_clear()
    configure(logs=True)
    with session("Trip", id="s"):
        logger.info("socks")
    assert lines.getvalue() == "[||] socks\n"


def test_a_provider_gets_the_processor_once(logs: Logs) -> None:
    """Asking twice adds nothing."""
    added: list[object] = []
    logs.provider.add_log_record_processor = added.append  # type: ignore[method-assign]
    instrument_logging(logger_provider=logs.provider)
    instrument_logging(logger_provider=logs.provider)
    assert [type(processor).__name__ for processor in added] == ["SessionLogRecordProcessor"]


def test_what_is_no_provider_is_refused() -> None:
    """And nothing has been changed then."""
    before = logging.getLogRecordFactory()
    with pytest.raises(TypeError, match="logger_provider is a str, which takes no processors"):
        instrument_logging(logger_provider="global")
    assert logging.getLogRecordFactory() is before
