"""The session path: where in the hierarchy a request belongs, grouped by function.

``/trip/research/search_hotels``: a leading slash, no empty and no trailing segment,
bounded in depth and length. See https://docs.helicone.ai/features/sessions.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Final

from otel_helisession.guard import once
from otel_helisession.sessions.text import clean, fits

ROOT: Final = "/"

MAX_DEPTH: Final = 32
"""Most segments of a path. Deeper work hangs in the deepest folder that is allowed."""

MAX_SEGMENT_CHARS: Final = 64
"""Longest segment: it is a function's name, read as a row of a tree."""

MAX_PATH_CHARS: Final = 500
"""Longest path."""

_SLASHES = re.compile(r"\s*[/\\]+\s*")


@lru_cache(maxsize=4_096)
def clean_path(path: str) -> str:
    """Return *path* normalised: ``a//b/../c/`` becomes ``/a/b/c``.

    Dots are no navigation: ``.`` and ``..`` segments are dropped, never resolved.
    """
    result = ROOT
    for part in clean(path).split("/"):
        result = join(result, part)
    return result


@lru_cache(maxsize=4_096)
def clean_segment(name: str) -> str:
    """Return *name* as one segment; empty when nothing of it can be used.

    A ``/`` within a name (``openai/gpt-4o``) becomes ``_``.
    """
    segment = _SLASHES.sub("_", clean(name).strip("/\\ "))[:MAX_SEGMENT_CHARS].strip()
    return "" if segment in (".", "..") else segment


@lru_cache(maxsize=4_096)
def join(path: str, name: str) -> str:
    """Return the clean *path* extended by the segment made from *name*.

    Returns *path* itself when the name is empty or the path is already as deep or as long
    as it may be (logged once).
    """
    segment = clean_segment(name)
    if not segment:
        return path
    joined = path + segment if path == ROOT else f"{path}/{segment}"
    if joined.count("/") > MAX_DEPTH or len(joined) > MAX_PATH_CHARS or not fits(joined):
        once(
            ("path", "long"),
            logging.WARNING,
            "a session path reached %d segments or %d characters; deeper segments are dropped",
            MAX_DEPTH,
            MAX_PATH_CHARS,
        )
        return path
    return joined
