"""Which sessions to keep: the usual reasons, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from otel_helisession.holding.whole import WholeSession
from otel_helisession.sessions import bucket


@dataclass(frozen=True, slots=True)
class Keep:
    """Keeps a session for any one of the reasons given; a function of a WholeSession.

    ``Keep(errors=True, slower_than_seconds=30, cost_over_usd=0.5, ratio=0.1)`` keeps all
    sessions that failed, took long or were dear, and a tenth of all.

    Attributes:
        errors: Whether to keep sessions in which any span failed.
        slower_than_seconds: Keep those that took longer; None: that is no reason.
        cost_over_usd: Keep those that cost more, as far as spans or price tables say it.
        tokens_over: Keep those that used more tokens, input and output together.
        ratio: Keep this part of all sessions, 0 to 1: by the id, so the same ones as
            SessionSampler(*ratio*) in any process.

    Raises:
        TypeError: A value is no number.
        ValueError: A value is below 0, a ratio above 1, or no reason is given.
    """

    errors: bool = False
    slower_than_seconds: float | None = None
    cost_over_usd: float | None = None
    tokens_over: int | None = None
    ratio: float | None = None

    def __post_init__(self) -> None:
        limits = ("slower_than_seconds", "cost_over_usd", "tokens_over")
        for name in limits:
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(f"{name} must be a number or None, not {type(value).__name__}")
            if not value >= 0:
                raise ValueError(f"{name} is {value!r}; it must be 0 or more")
        if self.ratio is not None:
            bucket.threshold(self.ratio)
        if not self.errors and all(getattr(self, name) is None for name in (*limits, "ratio")):
            raise ValueError(
                "Keep() has no reason to keep anything; give one of errors=True, "
                "slower_than_seconds, cost_over_usd, tokens_over, ratio"
            )

    def __call__(self, session: WholeSession) -> bool:
        """Tell whether to keep *session*; what is quick to know is asked first."""
        if self.ratio is not None and bucket.keeps(session.id, self.ratio):
            return True
        if self.errors and session.failed:
            return True
        if _over(session.duration_seconds, self.slower_than_seconds):
            return True
        if self.cost_over_usd is None and self.tokens_over is None:
            return False
        usage = session.usage
        return _over(usage.cost_usd, self.cost_over_usd) or _over(
            usage.total_tokens, self.tokens_over
        )


def _over(value: float | None, limit: float | None) -> bool:
    return value is not None and limit is not None and value > limit
