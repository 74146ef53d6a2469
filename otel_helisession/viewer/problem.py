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


class Moved(Exception):
    """The start of one session's id was given: the answer is at the whole of it.

    Attributes:
        session_id: Its id.
    """

    def __init__(self, session_id: str) -> None:
        super().__init__(session_id)
        self.session_id = session_id
