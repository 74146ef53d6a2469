"""How a request ended, in Helicone's words: a status, and an error that its pages show."""

from __future__ import annotations

from typing import Any, Final

from otel_helisession.conventions.operation import Failure, Operation

SUCCEEDED: Final = 200
FAILED: Final = 500
CANCELLED: Final = -3

_CANCELLED_TYPES: Final = frozenset(
    {"CancelledError", "GeneratorExit", "KeyboardInterrupt", "cancelled"}
)


def status(failure: Failure | None) -> int:
    """Return the status of a log: 200, -3 when the caller cancelled, or the error's own."""
    if failure is None:
        return SUCCEEDED
    if is_cancelled(failure):
        return CANCELLED
    code = failure.status_code
    if code is None and failure.type.isascii() and failure.type.isdigit():
        code = int(failure.type[:4])
    return code if code is not None and 400 <= code <= 599 else FAILED


def cancellation(operation: Operation, error_type: Any) -> Failure | None:
    """Return why *operation* did not finish, where its span is cancelled and yet no error.

    Args:
        operation: What the span says.
        error_type: Its ``error.type``, if any.
    """
    if operation.failure is None and isinstance(error_type, str):
        failure = Failure(error_type, "cancelled")
        if is_cancelled(failure):
            return failure
    return operation.failure


def is_cancelled(failure: Failure) -> bool:
    """Tell whether it was the caller who ended the request."""
    return failure.type.rpartition(".")[2] in _CANCELLED_TYPES


def error(failure: Failure) -> dict[str, Any]:
    """Return the error object: ``message`` for drawers, ``heliconeMessage`` for lists."""
    message = failure.message or failure.type
    return {"message": message, "heliconeMessage": message, "type": failure.type}
