"""Problem: why a question has no answer, as a status and a sentence."""

from __future__ import annotations


class Problem(Exception):
    """A question that has no answer. The text says what to do.

    Attributes:
        status: The HTTP status.
        near: Ids that may have been meant.
    """

    def __init__(self, status: int, message: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.near = near
