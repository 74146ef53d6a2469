"""The segment a unit of work adds to the path: its function, without what changes a run.

Segments are stable and few. An id, a UUID, a date or a counter within a name would give
every run paths of its own, so they go. Digits that belong to a word stay: ``s3_upload``,
``oauth2``, ``step2vec``, ``gpt-4``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_MAX_CHARS: Final = 256
"""How much of a name is looked at; a segment has 64 characters at most."""

_REPR: Final = re.compile(r"<(?:function |bound method |class )?'?([\w.]+)'?(?: object)?[^<>]*>")
"""What Python shows of a thing: ``<trip.Planner object at 0x7f12>``."""

_VARIABLE: Final = re.compile(
    r"""
    (?<![A-Za-z0-9/])\#?\d+[ ]?(?:of|/)[ ]?\d+(?![A-Za-z0-9/])      # 3 of 10
    | [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}   # UUID
    | (?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T_ ]\d[\d:.]+Z?)?     # date, time
    | (?<![A-Za-z0-9])\d{8}T\d{4,6}Z?(?![A-Za-z0-9])
    | (?<![A-Za-z0-9])[0-7][0-9A-HJKMNP-TV-Z]{25}(?![A-Za-z0-9])    # ULID
    | (?<!\d)\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?!\d)                 # time
    | (?<![A-Za-z0-9])(?:at[ ])?0x[0-9a-f]+                         # address
    | (?<![A-Za-z0-9])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?![A-Za-z0-9])   # hexadecimal id
    | [\[(][ ]?\#?\d+[ ]?[\])] | \#\d+                              # (3), #3
    | (?<![A-Za-z0-9.])(?<!gpt-)(?<!claude-)(?<!gemini-)(?<!llama-)\d+$   # counter at the end
    | (?<![A-Za-z0-9])\d{4,}(?![A-Za-z0-9])                        # long number
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"""(?<![A-Za-z0-9])
    (task|step|chunk|batch|page|item|iteration|attempt|try|retry|run|turn|round|part|document|row
        |node|worker|loop|epoch|call|job|request|message|index|no)
    [-_ ]?\d+(?![A-Za-z0-9])""",
    re.VERBOSE | re.IGNORECASE,
)
"""A counter within a name: ``step 3: book``, ``chunk12``."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9]{6,}")
_ID_TOKEN: Final = re.compile(
    r"(?i:(?<![a-z0-9])(?:call|run|toolu|msg|resp|req|thread|session|trace|span|job|id|chatcmpl"
    r"|task|event|user|asst|fc)[-_:=])(?!base\d|sha\d|utf\d|h26\d|ipv\d)([A-Za-z0-9]{6,})(?![A-Za-z0-9])"
)
"""What stands behind such a word may be an id though it is short."""

_RUNS: Final = re.compile(r"[A-Za-z]+|\d+")
_REPEATED: Final = re.compile(r"([-_.#])[-_.#]+|( ) +|\s+(?=:)|\(\s*\)|\[\s*\]")
_SEPARATORS: Final = " -_.:#/,;="


@lru_cache(maxsize=4_096)
def stable(name: str) -> str:
    """Return *name* without ids, dates and counters: ``task-17`` becomes ``task``.

    A name that is nothing else becomes empty. What it returns stays as it is.
    """
    name = name[:_MAX_CHARS]
    shortened = _VARIABLE.sub("", _REPR.sub(r"\1", name))
    shortened = _COUNTED.sub(r"\1", _ID_TOKEN.sub(_short_token, shortened))
    shortened = _TOKEN.sub(_token, shortened)
    if shortened == name:
        return name
    cleaned = _REPEATED.sub(r"\1\2", shortened).strip(_SEPARATORS)
    return cleaned if cleaned == name else stable(cleaned)


def _token(found: re.Match[str]) -> str:
    """Return a word, or nothing for what changes between letters and digits as no word does."""
    word = found[0]
    changes = len(_RUNS.findall(word)) - 1
    is_mixed = not word.islower() and not word.isupper()
    random = changes >= 4 or (changes == 3 and is_mixed) or (changes >= 2 and len(word) >= 20)
    return "" if random else word


def _short_token(found: re.Match[str]) -> str:
    """Return what stands before an id; all of it when there is none."""
    runs = _RUNS.findall(found[1])
    digits = sum(run.isdigit() and len(run) for run in runs)
    return found[0][: -len(found[1])] if len(runs) >= 3 and digits >= 3 else found[0]
