"""JSON on standard output, for `--json`."""

from __future__ import annotations

import json
from typing import Any

from otel_helisession.store.body import tame


def dumps(document: dict[str, Any]) -> str:
    """Return *document* as indented JSON in ASCII; what nests absurdly deep becomes ``...``."""
    try:
        return json.dumps(document, indent=2)
    except RecursionError:
        return json.dumps(tame(document, 0), indent=2)
