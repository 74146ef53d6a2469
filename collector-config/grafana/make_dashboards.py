"""Writes dashboards/*.json anew: ``python collector-config/grafana/make_dashboards.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from overview import overview
from paths import paths
from session import session

FOLDER: Final = Path(__file__).parent / "dashboards"


def texts() -> dict[str, str]:
    """Return the files by their names."""
    made = {"overview": overview(), "session": session(), "paths": paths()}
    return {f"{name}.json": json.dumps(one, indent=2) + "\n" for name, one in made.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, written in texts().items():
        (FOLDER / name).write_text(written)
