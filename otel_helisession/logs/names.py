"""The names of our fields on records of :mod:`logging`; public API, like attribute names."""

from __future__ import annotations

from typing import Final

ID: Final = "helisession_id"
PATH: Final = "helisession_path"
NAME: Final = "helisession_name"

FIELDS: Final = (ID, PATH, NAME)
