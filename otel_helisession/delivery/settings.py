"""Sizes and times of delivery, each default with its argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from otel_helisession import environment

DEFAULT_QUEUE_SIZE: Final = 2_048
DEFAULT_DELAY_MILLIS: Final = 5_000
DEFAULT_BATCH_SIZE: Final = 512


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How much is held, how long, and how much is sent at once.

    The names, defaults and ``OTEL_BSP_*`` variables are those of the SDK's
    BatchSpanProcessor, so that a pipeline which moves here behaves alike.

    Attributes:
        max_queue_size: Spans held at most, before and in each exporter's queue. More are
            dropped and counted.
        schedule_delay_millis: How long a session's first span waits for the others.
        max_export_batch_size: Spans in one call of an exporter, at most.

    Raises:
        ValueError: A value is below 1, or a batch is larger than the queue.
    """

    max_queue_size: int = DEFAULT_QUEUE_SIZE
    schedule_delay_millis: float = DEFAULT_DELAY_MILLIS
    max_export_batch_size: int = DEFAULT_BATCH_SIZE

    def __post_init__(self) -> None:
        for name in ("max_queue_size", "schedule_delay_millis", "max_export_batch_size"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 1:
                raise ValueError(f"{name} is {value!r}; it must be a number of at least 1")
        if self.max_export_batch_size > self.max_queue_size:
            raise ValueError(
                f"max_export_batch_size ({self.max_export_batch_size}) must not be larger than "
                f"max_queue_size ({self.max_queue_size})"
            )

    @classmethod
    def from_environment(cls) -> DeliverySettings:
        """Return the settings that the ``OTEL_BSP_*`` variables ask for.

        Raises:
            ValueError: A variable has a value that is not accepted.
        """
        queue = int(environment.number("OTEL_BSP_MAX_QUEUE_SIZE", DEFAULT_QUEUE_SIZE))
        batch = int(
            environment.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", min(DEFAULT_BATCH_SIZE, queue))
        )
        delay = environment.number("OTEL_BSP_SCHEDULE_DELAY", DEFAULT_DELAY_MILLIS)
        return cls(queue, delay, batch)
