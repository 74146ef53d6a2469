"""Extras: how one is installed, in the words of every message that says so."""

from __future__ import annotations

from otel_helisession.version import __version__


def installing(extra: str, pip: str = "pip") -> str:
    """Return what to type to get *extra*; of a version before its release, in a checkout, too.

    Args:
        extra: Its name, as in ``pyproject.toml``.
        pip: What calls the pip of the environment that is meant.
    """
    released = f'{pip} install "otel-helisession[{extra}]"'
    if "dev" not in __version__:
        return released
    return f'{released} (in a checkout: {pip} install -e ".[{extra}]")'
