"""A front end's modules as one classic script, for a page that has to be a single file.

Reads the part of JavaScript that the assets keep to: static imports of names or of a whole
module at a line's start, and ``export`` before a declaration. Each module becomes a function
that runs once and returns what it exports, in the order that their imports need.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_IMPORT: Final = re.compile(
    r"^import\s+(?:(?:\{(?P<names>[^}]*)\}|\*\s+as\s+(?P<whole>\w+))\s+from\s+)?"
    r"""["'](?P<place>\.{1,2}/[^"']+)["'];?[ \t]*$""",
    re.MULTILINE,
)
_EXPORT: Final = re.compile(
    r"^export\s+(?=(?:async\s+)?(?:function\b\*?|class\b|const\b|let\b)\s*(?P<name>[\w$]+))",
    re.MULTILINE,
)
_AS: Final = re.compile(r"\s+as\s+")
_LEFT_OVER: Final = re.compile(r"^\s*(?:import|export)\b[^(.]", re.MULTILINE)


class UnknownSyntax(ValueError):
    """A module uses what this cannot read. The text names file and line."""


def bundled(entry: Path) -> str:
    """Return the module *entry* and all that it imports as one script.

    Raises:
        UnknownSyntax: One of them is written in another way, or they import in a circle.
        OSError: One is missing.
    """
    order: dict[Path, str] = {}
    _add(entry.resolve(), order, ())
    names = {path: f"module{place}" for place, path in enumerate(order)}
    parts = [_wrapped(path, text, names) for path, text in order.items()]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "\n})();\n"


def _add(path: Path, order: dict[Path, str], above: tuple[Path, ...]) -> None:
    """Put *path* into *order* after everything that it imports."""
    if path in order:
        return
    if path in above:
        raise UnknownSyntax(f"{path.name} imports itself, by way of {above[-1].name}")
    text = path.read_text(encoding="utf-8")
    for found in _IMPORT.finditer(text):
        _add((path.parent / found["place"]).resolve(), order, (*above, path))
    order[path] = text


def _wrapped(path: Path, text: str, names: Mapping[Path, str]) -> str:
    def binding(found: re.Match[str]) -> str:
        there = names[(path.parent / found["place"]).resolve()]
        if found["whole"]:
            return f"const {found['whole']} = {there};"
        if found["names"] is None:
            return ""
        renamed = _AS.sub(": ", found["names"])
        return f"const {{{renamed}}} = {there};"

    text = _IMPORT.sub(binding, text)
    exported = [found["name"] for found in _EXPORT.finditer(text)]
    text = _EXPORT.sub("", text)
    odd = _LEFT_OVER.search(_without_comments(text))
    if odd is not None:
        line = odd.group().strip()
        raise UnknownSyntax(f"{path.name} has an import or export of another form: {line!r}")
    return f"const {names[path]} = (() => {{\n{text}\nreturn {{{', '.join(exported)}}};\n}})();"


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//.*$", "", text, flags=re.DOTALL | re.MULTILINE)
