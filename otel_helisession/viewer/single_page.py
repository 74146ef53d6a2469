"""One file that shows one session anywhere: the viewer's own front end with its data inside."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from otel_helisession.viewer.modules import bundled
from otel_helisession.viewer.pages import ASSETS, SHELL

DATA_ID: Final = "helisession-data"
"""The element that holds the data; the front end looks for it."""

_STYLE: Final = re.compile(r'<link\b[^>]*rel="stylesheet"[^>]*href="/assets/([^"]+)"[^>]*>\s*')
_SCRIPT: Final = re.compile(r'<script\b([^>]*)src="/assets/([^"]+)"[^>]*></script>\s*')
_ICON: Final = re.compile(r'(<link\b[^>]*rel="icon"[^>]*href=")/assets/([^"]+)(")')
_TITLE: Final = re.compile(r"<title>[^<]*</title>")


def single_page(title: str, data: str) -> str:
    """Return a page of one file that shows *data*.

    It runs only the scripts that are in it, by their hashes, and may load and send nothing.

    Args:
        title: What the page is called.
        data: JSON of ``about``, ``session`` and ``details``, as the API answers them; see
            assets/data/inlined_source.js.
    """
    before, after = _shell()
    titled = f"<title>{html.escape(title)} · helisession</title>"
    # "<" would let text close the element.
    said = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    element = f'<script type="application/json" id="{DATA_ID}">{said}</script>'
    return _TITLE.sub(lambda _: titled, before) + element + after


@lru_cache(maxsize=1)
def _shell() -> tuple[str, str]:
    """Return the page before and after its data. Made once: the assets do not change."""
    page = SHELL.read_text(encoding="utf-8")
    styles = "\n".join(_text(found[1]) for found in _STYLE.finditer(page))
    early = [_text(found[2]) for found in _SCRIPT.finditer(page) if "module" not in found[1]]
    modules = [found[2] for found in _SCRIPT.finditer(page) if "module" in found[1]]
    late = "\n".join(bundled(ASSETS / name) for name in modules)
    page = _SCRIPT.sub("", _STYLE.sub("", page))
    page = _ICON.sub(lambda found: found[1] + _image(found[2]) + found[3], page)
    policy = (
        f"default-src 'none'; script-src {_hashes([*early, late])}; "
        f"style-src {_hashes([styles])}; img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = "".join(
        [
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            f"<style>{styles}</style>\n",
            *(f"<script>{_closed(text)}</script>\n" for text in early),
        ]
    )
    begun = re.sub(r"(<meta charset=[^>]*>\s*)", lambda found: found[1] + head, page, count=1)
    before, _, after = begun.partition("</body>")
    return before, f"\n<script>{late}</script>\n</body>{after}"


def _text(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _closed(text: str) -> str:
    """Return *text*, which cannot end the element that it is put in.

    Raises:
        ValueError: It would. The assets are ours, and a test looks for it.
    """
    if re.search(r"</(script|style)|<!--", text, re.IGNORECASE):
        raise ValueError("an asset holds what would close its element")
    return text


def _hashes(texts: Iterable[str]) -> str:
    digests = (hashlib.sha256(_closed(text).encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _image(name: str) -> str:
    return f"data:image/svg+xml,{quote(_text(name))}"
