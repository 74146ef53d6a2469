"""Sizes and times of delivery, each default with its argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from otel_helisession import environment
from otel_helisession import environment_variables as names

DEFAULT_QUEUE_SIZE: Final = 8_192
"""Four times the SDK's, because whole sessions go when it is full, and since memory is bounded in
bytes besides: some 50 MB of spans without messages, when a destination is down."""

DEFAULT_DELAY_MILLIS: Final = 5_000
DEFAULT_BATCH_SIZE: Final = 512

DEFAULT_QUEUE_BYTES: Final = 64_000_000
"""Two thousand LLM calls with prompts of 30 kB: minutes of a busy agent's, and still no matter
for a server's memory. Spans without messages take 6 kB, and reach the other bound first."""

DEFAULT_RETRY_SECONDS: Final = 300.0
"""A redeployed collector is back within a minute or two, a rescheduled node within five. Later
the spans are old enough to belong on a disk."""


_LEAST: Final = {
    "max_queue_size": 1,
    "schedule_delay_millis": 1,
    "max_export_batch_size": 1,
    "max_queue_bytes": 1,
    "retry_for_seconds": 0,
}

_WHOLE: Final = frozenset({"max_queue_size", "max_export_batch_size", "max_queue_bytes"})


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How much is held, how long, and how much is sent at once.

    The first three, with their ``OTEL_BSP_*`` variables, are those of the SDK's
    BatchSpanProcessor, so that a pipeline which moves here behaves alike.

    Attributes:
        max_queue_size: Spans held at most, before and in each exporter's queue. More are
            dropped and counted.
        schedule_delay_millis: How long a session's first span waits for the others.
        max_export_batch_size: Spans in one call of an exporter, at most.
        max_queue_bytes: Bytes held at most before and in each exporter's queue, as estimated
            from the lengths of texts.
        retry_for_seconds: How long spans that an exporter has failed to export are tried
            again; 0: not at all. A failure may have come after the spans were taken, so a
            retry may double them where span ids are not unique, as in Tempo.

    Raises:
        ValueError: A value is too small or no such number, or a batch is larger than the queue.
    """

    max_queue_size: int = DEFAULT_QUEUE_SIZE
    schedule_delay_millis: float = DEFAULT_DELAY_MILLIS
    max_export_batch_size: int = DEFAULT_BATCH_SIZE
    max_queue_bytes: int = DEFAULT_QUEUE_BYTES
    retry_for_seconds: float = DEFAULT_RETRY_SECONDS

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            value = getattr(self, name)
            kinds, word = (int, "whole number") if name in _WHOLE else ((int, float), "number")
            is_number = isinstance(value, kinds) and not isinstance(value, bool)
            if not is_number or not least <= value < float("inf"):  # which NaN is not
                raise ValueError(f"{name} is {value!r}; it must be a {word} of at least {least}")
        if self.max_export_batch_size > self.max_queue_size:
            raise ValueError(
                f"max_export_batch_size ({self.max_export_batch_size}) must not be larger than "
                f"max_queue_size ({self.max_queue_size})"
            )

    @classmethod
    def from_environment(cls) -> DeliverySettings:
        """Return the settings that ``OTEL_BSP_*``, ``HELISESSION_MAX_QUEUE_BYTES`` and
        ``HELISESSION_RETRY_SECONDS`` ask for.

        Raises:
            ValueError: A variable has a value that is not accepted.
        """
        queue = int(environment.number("OTEL_BSP_MAX_QUEUE_SIZE", DEFAULT_QUEUE_SIZE))
        batch = int(
            environment.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", min(DEFAULT_BATCH_SIZE, queue))
        )
        delay = environment.number("OTEL_BSP_SCHEDULE_DELAY", DEFAULT_DELAY_MILLIS)
        size = environment.number(names.HELISESSION_MAX_QUEUE_BYTES, DEFAULT_QUEUE_BYTES)
        retry = environment.number(
            names.HELISESSION_RETRY_SECONDS, DEFAULT_RETRY_SECONDS, allow_zero=True
        )
        return cls(queue, delay, batch, int(size), retry)
