"""One file that shows one session anywhere: the viewer's own front end with its data inside."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from otel_helisession.viewer.front_end import front_end, text_of

DATA_ID: Final = "helisession-data"
"""The element that holds the data; the front end looks for it."""

_ICON: Final = re.compile(r'(<link\b[^>]*rel="icon"[^>]*href=")/assets/([^"]+)(")')
_TITLE: Final = re.compile(r"<title>[^<]*</title>")

_DATA: Final = "<!-- data -->"
"""Where the data goes; it stands in no asset, because none may hold a comment of markup."""


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
    made = front_end()
    policy = (
        f"default-src 'none'; script-src {_hashes(made.early, made.script)}; "
        f"style-src {_hashes(made.styles)}; img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<style>{made.styles}</style>\n"
        f"<script>{made.early}</script>\n"
    )
    page = made.page(head, f"{_DATA}\n<script>{made.script}</script>\n")
    before, _, after = _ICON.sub(_with_image, page).partition(_DATA)
    return before, after


def _closed(text: str) -> str:
    """Return *text*, which cannot end the element that it is put in.

    Raises:
        ValueError: It would. The assets are ours, and a test looks for it.
    """
    if re.search(r"</(script|style)|<!--", text, re.IGNORECASE):
        raise ValueError("an asset holds what would close its element")
    return text


def _hashes(*texts: str) -> str:
    digests = (hashlib.sha256(_closed(text).encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _with_image(found: re.Match[str]) -> str:
    return f"{found[1]}data:image/svg+xml,{quote(text_of(found[2]))}{found[3]}"
