"""Ages on the command line: 7d, 12h."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import click

_SECONDS: Final[Mapping[str, int]] = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def age(context: click.Context, parameter: click.Parameter, value: str | None) -> float | None:
    """Return ``7d`` or ``12h`` in seconds; a callback for an option."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)([mhdw])", value.strip().lower())
    if found is None:
        raise click.BadParameter(
            f"{value!r} is no age; give a number and m, h, d or w, as in 7d or 12h"
        )
    return float(found[1]) * _SECONDS[found[2]]
