"""BackendError: a backend that cannot be asked, in a sentence."""

from __future__ import annotations


class BackendError(Exception):
    """A backend does not answer, or not as such a backend would. The text says what to do."""
