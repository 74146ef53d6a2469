"""Which spool a processor was asked to use, by argument or environment; or none."""

from __future__ import annotations

import os

from otel_helisession import environment
from otel_helisession import environment_variables as names
from otel_helisession.delivery.keeper import Keeper

SpoolChoice = bool | str | os.PathLike[str] | Keeper | None
"""A directory, True for the default one, False for none, a Spool, or None for the variable."""


def chosen_spool(given: SpoolChoice) -> Keeper | None:
    """Return the spool that was asked for; None: none. Nothing is made on disk.

    Args:
        given: What the user gave. None reads ``HELISESSION_SPOOL``.

    Raises:
        TypeError: It is nothing of what is accepted.
        ValueError: It is empty, or this system has no file locks.
    """
    place = environment.place(names.HELISESSION_SPOOL) if given is None else given
    if place is None or place is False:
        return None
    if isinstance(place, (bool, str, os.PathLike)):
        from otel_helisession.spool.spool import Spool

        return Spool(None if isinstance(place, bool) else place)
    if isinstance(place, Keeper):
        return place
    raise TypeError(
        "spool takes a directory, True for the default one, False for none, or a Spool, "
        f"not {type(place).__name__}"
    )
