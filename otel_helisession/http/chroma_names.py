"""The names of Chroma's collections, which its URLs leave out.

Its client asks for a collection by name, or makes it, and is told an id; from then on it sends
the id. So what is told is noted: ids and names only, of the last collections that were met.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

MAX_NAMES: Final = 1_000
"""How many are kept; the oldest goes. An id and a name take some 200 bytes."""

MAX_BYTES: Final = 64 * 1024
"""Longest answer that is looked at. A collection with its schema takes 2 kB."""

_COLLECTIONS: Final = re.compile(r"/tenants/[^/]+/databases/[^/]+/collections(?:/[^/]+)?$")
_names: dict[str, str] = {}


def is_asked(path: str) -> bool:
    """Tell whether a request to *path* is for a collection, or makes one."""
    return "/collections" in path and _COLLECTIONS.search(path) is not None


def note(response: Any) -> None:
    """Note the name that *response*, which its client has read, tells."""
    if response.status_code != 200 or not response.is_stream_consumed:
        return
    content = response.content
    if len(content) > MAX_BYTES:
        return
    try:
        said = json.loads(content)
    except ValueError:
        return
    if isinstance(said, dict):
        identifier, name = said.get("id"), said.get("name")
        if isinstance(identifier, str) and isinstance(name, str):
            _names.pop(identifier, None)
            _names[identifier] = name
            while len(_names) > MAX_NAMES:
                _names.pop(next(iter(_names)), None)


def name_of(identifier: str) -> str | None:
    """Return the name of the collection *identifier*; None when nobody asked for it by name."""
    return _names.get(identifier)
