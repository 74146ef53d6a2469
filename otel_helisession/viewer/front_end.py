"""The front end as a page gets it: one style sheet, one script, and a short one before them.

It is written as some sixty files, and a browser that asks for sixty, each import after the file
that names it, shows nothing for most of a second.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from otel_helisession.viewer.modules import bundled

ASSETS: Final = Path(__file__).parent / "assets"
"""The front end: markup, style sheets and modules, as they are written."""

_SHELL: Final = ASSETS / "index.html"

_STYLE: Final = re.compile(r'<link\b[^>]*rel="stylesheet"[^>]*href="/assets/([^"]+)"[^>]*>\s*')
_SCRIPT: Final = re.compile(r'<script\b([^>]*)src="/assets/([^"]+)"[^>]*></script>\s*')
_CHARSET: Final = re.compile(r"<meta charset=[^>]*>\s*")


class FrontEnd(NamedTuple):
    """The files, joined.

    Attributes:
        markup: The shell of every page, without what it links.
        styles: All style sheets, in their order.
        early: What runs before the first paint.
        script: All modules, to run when the markup is there.
    """

    markup: str
    styles: str
    early: str
    script: str

    def page(self, head: str, end: str = "") -> str:
        """Return the shell with *head* in its head, after the character set, and *end* at the
        end of its body."""
        charset = _CHARSET.search(self.markup)
        assert charset is not None
        begun = self.markup[: charset.end()] + head + self.markup[charset.end() :]
        before, body_end, after = begun.partition("</body>")
        return before + end + body_end + after


@lru_cache(maxsize=1)
def front_end() -> FrontEnd:
    """Return the front end. Made once: the assets do not change."""
    page = _SHELL.read_text(encoding="utf-8")
    scripts = [(found[2], "module" in found[1]) for found in _SCRIPT.finditer(page)]
    return FrontEnd(
        _SCRIPT.sub("", _STYLE.sub("", page)),
        "\n".join(text_of(found[1]) for found in _STYLE.finditer(page)),
        "\n".join(text_of(name) for name, is_module in scripts if not is_module),
        "\n".join(bundled(ASSETS / name) for name, is_module in scripts if is_module),
    )


def text_of(name: str) -> str:
    """Return the text of one asset."""
    return (ASSETS / name).read_text(encoding="utf-8")
